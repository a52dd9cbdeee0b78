/**
 * Weights in other files: torch's newer exporter writes `net.onnx` and `net.onnx.data`. The two are made
 * one here, before anybody reads the model, so that each engine runs it as any other.
 */
import { ShiwuError } from '../../errors.js';
import { type Kind, kindOf, tensorsOf } from './graph.js';
import { edited, field, fieldsOf, joined, type Pieces, type Span, textAt } from './proto.js';

/** TensorProto. */
const TENSOR = { raw: 9, external: 13, location: 14 } as const;

interface Outside {
  /** As the model names the file, relative to its own folder. */
  readonly path: string;
  readonly offset: number;
  /** undefined: to the file's end. */
  readonly length: number | undefined;
}

/** The files that hold weights of this model, as it names them. Those of a broken file are none. */
export function externalFiles(model: Uint8Array): string[] {
  const paths = new Set<string>();
  try {
    for (const tensor of tensorsOf(model)) {
      const outside = outsideOf(model, tensor);
      if (outside) paths.add(outside.path);
    }
  } catch {
    return []; // whoever runs the model will say that it is broken
  }
  return [...paths];
}

/** A file beside the model. */
export interface DataFile {
  /** Its name, or its path from the model's folder. */
  readonly path: string;
  readonly data: Blob | Uint8Array<ArrayBuffer>;
}

/**
 * The model with its weights inside; itself where it has them all already. Throws `missing-weights` with
 * the names of the files that are not there or too short, `out-of-memory`.
 */
export async function withWeights(
  model: Uint8Array<ArrayBuffer>,
  files: readonly DataFile[],
): Promise<Uint8Array<ArrayBuffer>> {
  const paths = externalFiles(model);
  if (paths.length === 0) return model;
  const found = paths.map((path) => findFile(path, paths, files));
  const missing = paths.filter((_, i) => !found[i]);
  if (missing.length > 0) throw new ShiwuError('missing-weights', some(missing));
  const contents = new Map<string, Uint8Array>();
  for (const [i, path] of paths.entries()) {
    contents.set(path, await bytesOf((found[i] as DataFile).data));
  }
  const whole = { from: 0, end: model.length };
  try {
    return joined(filled(model, whole, 'model', contents) ?? [model]);
  } catch (cause) {
    if (cause instanceof ShiwuError) throw cause;
    throw new ShiwuError('out-of-memory', String(cause), { cause });
  }
}

/**
 * By path, else by name alone. Where one file is wanted and one is there, it is that one: people rename
 * both, and the model does not hear of it.
 */
export function findFile<T extends { readonly path: string }>(
  path: string,
  wanted: readonly string[],
  files: readonly T[],
): T | undefined {
  const plain = (text: string) => text.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '');
  const name = (text: string) => plain(text).split('/').at(-1);
  return (
    files.find((file) => plain(file.path) === plain(path)) ??
    files.find((file) => name(file.path) === name(path)) ??
    (wanted.length === 1 && files.length === 1 ? files[0] : undefined)
  );
}

function outsideOf(model: Uint8Array, tensor: Span): Outside | undefined {
  let external = false;
  const said = new Map<string, string>();
  for (const { number, wire, value, from, end } of fieldsOf(model, tensor)) {
    if (number === TENSOR.location && wire === 0) external = value === 1;
    if (number !== TENSOR.external) continue;
    said.set(textAt(model, { from, end }, 1), textAt(model, { from, end }, 2));
  }
  const path = said.get('location');
  if (!external || !path) return undefined;
  const length = said.get('length');
  const offset = Number(said.get('offset') ?? 0);
  return { path, offset, length: length === undefined ? undefined : Number(length) };
}

function filled(
  model: Uint8Array,
  message: Span,
  kind: Kind,
  contents: ReadonlyMap<string, Uint8Array>,
): Pieces | undefined {
  return edited(model, message, (each) => {
    const inner = kindOf(kind, each);
    if (!inner) return undefined;
    const pieces =
      inner === 'tensor'
        ? filledTensor(model, each, contents)
        : filled(model, each, inner, contents);
    return pieces && field(each.number, pieces);
  });
}

function filledTensor(
  model: Uint8Array,
  tensor: Span,
  contents: ReadonlyMap<string, Uint8Array>,
): Pieces | undefined {
  const outside = outsideOf(model, tensor);
  const content = outside && contents.get(outside.path);
  if (!content) return undefined;
  const { path, offset, length = content.length - offset } = outside;
  if (!(offset >= 0 && length >= 0 && offset + length <= content.length)) {
    throw new ShiwuError(
      'missing-weights',
      `${path} has ${content.length} bytes where the model needs ${offset + length}`,
    );
  }
  const gone = new Set<number>([TENSOR.external, TENSOR.location]);
  const rest = edited(model, tensor, ({ number }) => (gone.has(number) ? [] : undefined)) ?? [];
  return [...rest, ...field(TENSOR.raw, [content.subarray(offset, offset + length)])];
}

async function bytesOf(file: DataFile['data']): Promise<Uint8Array> {
  if (file instanceof Uint8Array) return file;
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (cause) {
    throw new ShiwuError('unreadable-input', String(cause), { cause });
  }
}

/** How many names are said. */
const SAID = 3;

function some(names: readonly string[]): string {
  const more = names.length - SAID;
  return names.slice(0, SAID).join(', ') + (more > 0 ? ` + ${more}` : '');
}
