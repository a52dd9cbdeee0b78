/** Models that were not packed by shiwu, or whose manifest and labels the caller overrules. */
import { ShiwuError } from '../errors.js';
import { fromUtf8 } from '../runtime/core.js';
import type { LabelInit, ManifestInit, Network, TensorInfo } from '../types.js';
import type { ModelParts } from '../worker/protocol.js';
import { labelTable } from './labels.js';
import { checkManifestInit, type Manifest, merge, parseManifest } from './manifest.js';
import { checkNetwork, classesOf, pictureInput, show } from './network.js';

/** What a caller says of a model, over what its file says. */
export type OwnModel = Pick<ModelParts, 'labels' | 'manifest'>;

/** What is known of a model before its network is loaded. */
export interface Card {
  /** Complete but for the network; null where the file carries none. */
  readonly manifest: Manifest | null;
  readonly init: ManifestInit;
  /** The core's table of labels, and its taxonomy, in UTF-8. */
  readonly labels: Uint8Array;
  readonly taxonomy: Uint8Array;
  /** Whether the labels are the caller's. */
  readonly ownLabels: boolean;
}

const NONE = new Uint8Array();

/** Whether shiwu's pipeline made the file. */
export const isPacked = (metadata: ReadonlyMap<string, Uint8Array>): boolean =>
  metadata.has('shiwu.manifest');

/**
 * Brings the file's metadata and the caller's word together. Throws `unpacked-model` where neither
 * says enough, `model-mismatch` where nothing they could say would do, `invalid-argument` and
 * `invalid-labels` for a caller's mistakes.
 */
export function readCard(
  metadata: ReadonlyMap<string, Uint8Array>,
  own: OwnModel,
  network: Network,
): Card {
  const said = own.manifest ?? {};
  checkManifestInit(said);
  const packed = metadata.get('shiwu.manifest');
  const text = packed && fromUtf8(packed);
  const inGraph = own.labels ? undefined : labelsInGraph(network, said.outputs?.logits);
  const silent = own.labels === undefined && own.manifest === undefined && !inGraph;
  if (text === undefined && silent) {
    // No labels would help a network that takes no picture.
    pictureInput(network);
    throw new ShiwuError('unpacked-model', 'no shiwu.manifest in the file, and no labels given');
  }
  const manifest = text === undefined ? null : parseManifest(text, said);
  const init = manifest ? said : (merge({ input: pixelsIn(metadata) }, said) as ManifestInit);
  const inFile = own.labels ? undefined : metadata.get('shiwu.labels');
  if (inFile) {
    const taxonomy = metadata.get('shiwu.taxonomy') ?? NONE;
    return { manifest, init, labels: inFile, taxonomy, ownLabels: false };
  }
  const given = own.labels ?? inGraph;
  if (!given) {
    throw new ShiwuError('unpacked-model', 'no shiwu.labels in the file, and no labels given');
  }
  const task = manifest?.task ?? init.task ?? DEFAULT_TASK;
  const labels = new TextEncoder().encode(labelTable(given, task));
  return { manifest, init, labels, taxonomy: NONE, ownLabels: true };
}

/** Of a model that says yes or no, in the order of Keras: its number is the score of the second. */
export const NO_AND_YES: readonly LabelInit[] = [
  { zh: '否', en: 'no' },
  { zh: '是', en: 'yes' },
];

/** The names that the graph itself has, or those of a model that gives a single number. */
function labelsInGraph(
  { outputs }: Network,
  logits: string | undefined,
): readonly (string | LabelInit)[] | undefined {
  const scores = outputs.filter(({ name }) =>
    logits ? name === logits : !FEATURES.includes(name),
  );
  const named = scores.find(({ labels }) => labels?.length);
  if (named) return named.labels;
  const [only] = scores;
  return scores.length === 1 && only && classesOf(only) === 1 ? NO_AND_YES : undefined;
}

/**
 * How the picture's pixels are meant, where the file says it as ONNX's metadata for pictures do, Custom
 * Vision's among them (https://github.com/onnx/onnx/blob/main/docs/MetadataProps.md).
 */
function pixelsIn(metadata: ReadonlyMap<string, Uint8Array>): ManifestInit['input'] {
  const said = (key: string) => fromUtf8(metadata.get(`Image.${key}`) ?? NONE);
  const range = RANGES[said('NominalPixelRange')];
  return {
    ...(said('BitmapPixelFormat').startsWith('Bgr') && { color: 'BGR' as const }),
    ...(range !== undefined && {
      scale: range.scale,
      mean: [range.mean, range.mean, range.mean] as const,
      std: [1, 1, 1] as const,
    }),
  };
}

const RANGES: Readonly<Record<string, { readonly scale: number; readonly mean: number }>> = {
  NominalRange_0_255: { scale: 1, mean: 0 },
  Normalized_0_1: { scale: 1 / 255, mean: 0 },
  Normalized_1_1: { scale: 1 / 127.5, mean: 1 },
};

/**
 * The manifest, held against the network; what nobody said is proposed from it. `labels` is their
 * number. Throws `model-mismatch` with what was found and what was expected.
 */
export function completeManifest(card: Card, network: Network, labels: number): Manifest {
  const stated = card.manifest ?? propose(card.init, network, labels);
  if (!card.ownLabels && stated.labels.count !== labels) {
    throw new ShiwuError(
      'model-mismatch',
      `${labels} labels where the manifest says ${stated.labels.count}`,
    );
  }
  const manifest = { ...stated, labels: { count: labels } };
  checkNetwork(manifest, network);
  return manifest;
}

/** Whether pixels are prepared as is usual, for want of anyone who says how. */
export function assumesPreprocessing({ manifest, init }: Card, { inputs }: Network): boolean {
  return !manifest && init.input?.scale === undefined && inputs[0]?.type !== 'uint8';
}

const DEFAULT_TASK = 'single-label';

/** Preprocessing in torchvision's manner, which most models of others expect. */
const IMAGENET = {
  scale: 1 / 255,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
} as const;
const AS_PIXELS = { scale: 1, mean: [0, 0, 0], std: [1, 1, 1] } as const;
const RESIZE = { mode: 'crop-shortest', crop_fraction: 0.875, filter: 'bilinear' } as const;

function propose(init: ManifestInit, network: Network, labels: number): Manifest {
  const picture = pictureInput(network);
  const layout = init.input?.layout ?? proposeLayout(picture);
  const color = init.input?.color ?? 'RGB';
  const proposal: Manifest = {
    schema_version: 1,
    id: 'own-model',
    version: '0.0.0',
    name: { zh: '自选模型', en: 'Own model' },
    task: DEFAULT_TASK,
    input: {
      name: picture.name,
      layout,
      size: init.input?.size ?? fixedSize(picture, layout),
      color,
      ...proposeNormalization(init.input ?? {}, picture.type, color),
    },
    resize: RESIZE,
    outputs: proposeOutputs(init.outputs?.logits, network.outputs, labels),
    calibration: { temperature: 1 },
    labels: { count: labels },
    license: 'unknown',
    source: 'unknown',
  };
  return merge(proposal, init) as Manifest;
}

function proposeLayout({ shape }: TensorInfo): 'NCHW' | 'NHWC' {
  return shape[3] === 3 && shape[1] !== 3 ? 'NHWC' : 'NCHW';
}

function fixedSize(picture: TensorInfo, layout: 'NCHW' | 'NHWC'): readonly [number, number] {
  const [height, width] = layout === 'NCHW' ? picture.shape.slice(2) : picture.shape.slice(1);
  if (typeof height === 'number' && typeof width === 'number') return [height, width];
  throw new ShiwuError(
    'unpacked-model',
    `input ${show([picture])} takes any size: say which by manifest.input.size, [height, width]`,
  );
}

/** Half a normalisation cannot be completed: a mean of 0.5 and one of 127 need different scales. */
function proposeNormalization(
  input: NonNullable<ManifestInit['input']>,
  type: string,
  color: 'RGB' | 'BGR',
): Pick<Manifest['input'], 'scale' | 'mean' | 'std'> {
  const { scale, mean, std } = input;
  if (scale !== undefined && mean && std) return { scale, mean, std };
  if (scale !== undefined || mean || std) {
    throw new ShiwuError(
      'invalid-argument',
      'manifest: input.scale, input.mean and input.std belong together; give all three',
    );
  }
  if (type === 'uint8') return AS_PIXELS;
  if (color === 'RGB') return IMAGENET;
  const reversed = ([r, g, b]: readonly [number, number, number]) => [b, g, r] as const;
  return {
    scale: IMAGENET.scale,
    mean: reversed(IMAGENET.mean),
    std: reversed(IMAGENET.std),
  };
}

/** What people call them; the order is the order of trust. */
const LOGITS = ['output', 'logits', 'output0', 'prob', 'scores'];
const FEATURES = ['features', 'embedding', 'embeddings', 'feature'];

function proposeOutputs(
  named: string | undefined,
  outputs: readonly TensorInfo[],
  labels: number,
): Manifest['outputs'] {
  const logits = named ?? proposeLogits(outputs, labels);
  const features = FEATURES.find(
    (name) =>
      name !== logits &&
      outputs.some(
        (each) => each.name === name && each.type === 'float32' && each.shape.length === 2,
      ),
  );
  return features ? { logits, features } : { logits };
}

function proposeLogits(outputs: readonly TensorInfo[], labels: number): string {
  const others = outputs.filter(({ name }) => !FEATURES.includes(name));
  for (const candidates of [outputs.filter((output) => classesOf(output) === labels), others]) {
    const names = candidates.map(({ name }) => name);
    const trusted = LOGITS.find((name) => names.includes(name)) ?? names[0];
    if (trusted && (names.length === 1 || LOGITS.includes(trusted))) return trusted;
  }
  if (outputs.length === 1 && outputs[0]) return outputs[0].name;
  throw new ShiwuError(
    'model-mismatch',
    `${labels} labels, but which output holds their scores? ${show(outputs)}: ` +
      'name it by manifest.outputs.logits',
  );
}
