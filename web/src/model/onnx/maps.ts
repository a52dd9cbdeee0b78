/**
 * Results that are no tensors: Custom Vision, and what comes of sklearn-onnx and ML.NET, end in a ZipMap,
 * which makes a list of maps (name → score) of the scores. The scores themselves lie right before it, and
 * the names within it: the graph is given them as its result in the map's place.
 */
import { GRAPH, type Graph, graphOf, MODEL, NODE, type Node } from './graph.js';
import {
  edited,
  field,
  joined,
  type Pieces,
  type Span,
  spansOf,
  textAt,
  textField,
  textOf,
  wholeAt,
  wholeField,
} from './proto.js';

/** AttributeProto, TypeProto with its tensor and shape, and the numbers of element types. */
const ATTRIBUTE = { name: 1, ints: 8, strings: 9 } as const;
const FLOAT = 1;
const STRING = 8;
const TENSOR_NAME = 8;

export interface Unzipped {
  readonly model: Uint8Array<ArrayBuffer>;
  /** The names of the classes, by the output that holds their scores. */
  readonly names: ReadonlyMap<string, readonly string[]>;
}

/** undefined where the graph ends in no ZipMap, or cannot be read: whoever runs it will say so. */
export function withoutMaps(model: Uint8Array<ArrayBuffer>): Unzipped | undefined {
  const graph = graphOf(model);
  if (!graph?.nodes.some(({ operator }) => operator === 'ZipMap')) return undefined;
  try {
    return unzipped(model, graph);
  } catch {
    return undefined;
  }
}

function unzipped(model: Uint8Array<ArrayBuffer>, graph: Graph): Unzipped | undefined {
  const names = new Map<string, readonly string[]>();
  const results = Array.from(spansOf(model, graph, GRAPH.output), (value) => ({
    value,
    name: textAt(model, value, 1),
  }));
  const present = new Set(results.map(({ name }) => name));
  const instead = new Map<number, Pieces>();
  for (const { value, name } of results) {
    const maker = graph.makers.get(name);
    const scores = maker?.operator === 'ZipMap' ? maker.inputs[0] : undefined;
    if (maker && scores !== undefined) {
      const classes = classesIn(model, maker);
      names.set(scores, classes);
      const added = present.has(scores) ? [] : field(GRAPH.output, scoresInfo(scores, classes));
      instead.set(value.from, added);
      present.add(scores);
    } else if (isText(model, value)) {
      // The name of the best class: it follows from the scores.
      instead.set(value.from, []);
    }
  }
  const wanted = needed(graph, [
    ...results.filter(({ value }) => !instead.has(value.from)).map(({ name }) => name),
    ...names.keys(),
  ]);
  const maps = new Set(
    graph.nodes.filter(({ operator }) => operator === 'ZipMap').map(({ from }) => from),
  );
  const isWanted = (node: number) => (wanted ? wanted.has(node) : !maps.has(node));
  const used = new Set(graph.nodes.flatMap(({ from, inputs }) => (isWanted(from) ? inputs : [])));
  const pieces = edited(model, graph, (each) => {
    if (each.number === GRAPH.output) return instead.get(each.from);
    const idle =
      (each.number === GRAPH.node && !isWanted(each.from)) ||
      (each.number === GRAPH.stored && wanted && !used.has(textAt(model, each, TENSOR_NAME)));
    return idle ? [] : undefined;
  });
  if (names.size === 0 || !pieces) return undefined;
  const whole = edited(model, { from: 0, end: model.length }, ({ number, from }) =>
    number === MODEL.graph && from === graph.from ? field(MODEL.graph, pieces) : undefined,
  );
  return whole && { model: joined(whole), names };
}

/**
 * The nodes that these results come from, by their places. undefined: all but the maps, for a part of one may
 * use what it does not list.
 */
function needed(
  { nodes, makers }: Graph,
  results: readonly string[],
): ReadonlySet<number> | undefined {
  if (nodes.some(({ operator }) => ['If', 'Loop', 'Scan'].includes(operator))) return undefined;
  const found = new Set<number>();
  const open = [...results];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const maker = makers.get(name);
    if (!maker || found.has(maker.from)) continue;
    found.add(maker.from);
    open.push(...maker.inputs);
  }
  return found;
}

/** A ZipMap has names for its classes, or numbers. */
function classesIn(model: Uint8Array, map: Node): string[] {
  for (const attribute of spansOf(model, map, NODE.attribute)) {
    const name = textAt(model, attribute, ATTRIBUTE.name);
    if (name === 'classlabels_strings') {
      return Array.from(spansOf(model, attribute, ATTRIBUTE.strings), (s) => textOf(model, s));
    }
  }
  return [];
}

/** ValueInfoProto: float32 [N, classes]. */
function scoresInfo(name: string, classes: readonly string[]): Pieces {
  const batch = field(1, textField(2, 'N'));
  const count = classes.length > 0 ? field(1, wholeField(1, classes.length)) : field(1, []);
  const tensor = [...wholeField(1, FLOAT), ...field(2, [...batch, ...count])];
  return [...textField(1, name), ...field(2, field(1, tensor))];
}

function isText(model: Uint8Array, value: Span): boolean {
  for (const type of spansOf(model, value, 2)) {
    for (const tensor of spansOf(model, type, 1)) return wholeAt(model, tensor, 1) === STRING;
  }
  return false;
}
