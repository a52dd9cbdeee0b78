/**
 * What an .onnx file's graph says of its ends, without running it. The numbers of the fields are those of
 * onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
 */
import { type Field, fieldsOf, type Span, spansOf, textAt, textOf } from './proto.js';

export const MODEL = { graph: 7 } as const;
export const GRAPH = { node: 1, stored: 5, output: 12 } as const;
const VALUE = { name: 1 } as const;
export const NODE = { input: 1, output: 2, operator: 4, attribute: 5 } as const;

export interface Node extends Span {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface Graph extends Span {
  readonly nodes: readonly Node[];
  /** Each result's name, and the node that gives it. */
  readonly makers: ReadonlyMap<string, Node>;
}

/** undefined where the file has no graph that can be read: whoever runs it will say so. */
export function graphOf(model: Uint8Array): Graph | undefined {
  try {
    const [span] = spansOf(model, { from: 0, end: model.length }, MODEL.graph);
    if (!span) return undefined;
    const nodes = Array.from(spansOf(model, span, GRAPH.node), (each) => nodeOf(model, each));
    const makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node])));
    return { from: span.from, end: span.end, nodes, makers };
  } catch {
    return undefined;
  }
}

function nodeOf(model: Uint8Array, { from, end }: Span): Node {
  const names = (number: number) =>
    Array.from(spansOf(model, { from, end }, number), (span) => textOf(model, span));
  const operator = textAt(model, { from, end }, NODE.operator);
  return { from, end, operator, inputs: names(NODE.input), outputs: names(NODE.output) };
}

/** What a network does to its logits itself. */
export type Activation = 'softmax' | 'sigmoid' | null;

const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  Softmax: 'softmax',
  QLinearSoftmax: 'softmax',
  Sigmoid: 'sigmoid',
  HardSigmoid: 'sigmoid',
  QLinearSigmoid: 'sigmoid',
};

/** They change the form of scores, not what they say. */
const PASSING = new Set([
  ...['Identity', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Transpose', 'Cast', 'Clip'],
  ...['Dropout', 'QuantizeLinear', 'DequantizeLinear'],
]);

/**
 * The activations that the graph's outputs end in, by name; none for a file that cannot be read. Nodes are read from
 * the last on, as far as need be: a network has hundreds, and everybody waits for this.
 */
export function activationsOf(model: Uint8Array): ReadonlyMap<string, Activation> {
  try {
    const [graph] = spansOf(model, { from: 0, end: model.length }, MODEL.graph);
    if (!graph) return new Map();
    const unread = [...spansOf(model, graph, GRAPH.node)];
    const makers = new Map<string, Node>();
    const makerOf = (name: string): Node | undefined => {
      while (!makers.has(name)) {
        const span = unread.pop();
        if (!span) return undefined;
        const node = nodeOf(model, span);
        for (const output of node.outputs) makers.set(output, node);
      }
      return makers.get(name);
    };
    const outputs = [...spansOf(model, graph, GRAPH.output)];
    return new Map(
      outputs
        .map((output) => textAt(model, output, VALUE.name))
        .map((name) => [name, activationOf(makerOf, name)]),
    );
  } catch {
    return new Map();
  }
}

type MakerOf = (name: string) => Node | undefined;

/** By the operator that makes this output; several heads that are joined must all end alike. */
function activationOf(makerOf: MakerOf, output: string): Activation {
  let maker = makerOf(output);
  // A graph has no circle, but a hostile file may.
  for (let steps = 0; maker && PASSING.has(maker.operator) && steps < 64; steps++) {
    maker = makerOf(maker.inputs[0] ?? '');
  }
  if (!maker) return null;
  if (maker.operator !== 'Concat') return ACTIVATIONS[maker.operator] ?? null;
  const heads = maker.inputs.map((name) => ACTIVATIONS[makerOf(name)?.operator ?? ''] ?? null);
  return heads.length > 0 && heads.every((head) => head === 'sigmoid') ? 'sigmoid' : null;
}

/** Messages that hold tensors, by the number of their field in the message around them. */
export type Kind = keyof typeof WITHIN;
const WITHIN = {
  model: { 7: 'graph', 25: 'function' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  function: { 7: 'node' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: {},
} as const satisfies Record<string, Record<number, string>>;

/** What the message in this field is, where it may hold tensors. */
export function kindOf(around: Kind, { number, wire }: Field): Kind | undefined {
  return wire === 2 ? (WITHIN[around] as Record<number, Kind>)[number] : undefined;
}

/** Every tensor that the file stores, wherever it lies. */
export function* tensorsOf(
  model: Uint8Array,
  within: Span = { from: 0, end: model.length },
  kind: Kind = 'model',
): Generator<Span> {
  for (const field of fieldsOf(model, within)) {
    const inner = kindOf(kind, field);
    if (inner === 'tensor') yield field;
    else if (inner) yield* tensorsOf(model, field, inner);
  }
}
