/** What a network takes and gives, and whether a manifest fits it. */
import { ShiwuError } from '../errors.js';
import type { Network, TensorInfo } from '../types.js';
import type { Manifest } from './manifest.js';

/** The one input, if it can take a colour picture. Throws `model-mismatch` with what was found. */
export function pictureInput({ inputs }: Network): TensorInfo {
  const [input] = inputs;
  if (!input || inputs.length > 1) {
    throw new ShiwuError('model-mismatch', `${inputs.length} inputs, ${show(inputs)}; ${NEEDED}`);
  }
  const { type, shape } = input;
  const problem =
    shape.length !== 0 && shape.length !== 4
      ? `${shape.length} dimensions where a batch of pictures has 4`
      : type === 'float16'
        ? 'float16; export it with float32 at its input and output'
        : type !== 'float32' && type !== 'uint8'
          ? type
          : shape.length === 4 && ![shape[1], shape[3]].some(canBeColour)
            ? shape[1] === 1 || shape[3] === 1
              ? 'a grey picture; shiwu gives three channels'
              : 'no side of 3 channels'
            : undefined;
  if (problem) {
    throw new ShiwuError('model-mismatch', `input ${show([input])}: ${problem}; ${NEEDED}`);
  }
  return input;
}

const NEEDED = 'needed is one float32 or uint8 [N, 3, H, W] or [N, H, W, 3]';

function canBeColour(side: number | string | undefined): boolean {
  return side === 3 || typeof side === 'string';
}

/** Throws `model-mismatch` with both sides where a network is not what its manifest says. */
export function checkNetwork(manifest: Manifest, network: Network): void {
  const { input, outputs, labels } = manifest;
  const picture = pictureInput(network);
  if (picture.name !== input.name) throw missing('input', input.name, network.inputs);

  const [height, width] = input.size;
  const wanted = input.layout === 'NCHW' ? [3, height, width] : [height, width, 3];
  const sides = picture.shape.slice(1);
  if (sides.some((side, i) => typeof side === 'number' && side !== wanted[i])) {
    throw new ShiwuError(
      'model-mismatch',
      `input ${show([picture])} where the manifest says ${input.layout}, ${height} x ${width}`,
    );
  }
  const { scale, mean, std } = input;
  if (picture.type === 'uint8' && !(scale === 1 && mean.every(is(0)) && std.every(is(1)))) {
    throw new ShiwuError(
      'model-mismatch',
      `input ${show([picture])} takes pixels as they are: scale 1, mean 0, std 1`,
    );
  }

  const logits = network.outputs.find(({ name }) => name === outputs.logits);
  if (!logits) throw missing('output', outputs.logits, network.outputs);
  if (logits.type !== 'float32') {
    throw new ShiwuError('model-mismatch', `output ${show([logits])} does not hold float32 logits`);
  }
  const classes = classesOf(logits);
  if (classes !== undefined) checkCount(labels.count, classes, show([logits]));
  for (const named of [outputs.features, outputs.feature_map]) {
    if (named && !network.outputs.some(({ name }) => name === named)) {
      throw missing('output', named, network.outputs);
    }
  }
}

/** Numbers that an output holds for one picture; undefined where the file leaves it open. */
export function classesOf({ shape }: TensorInfo): number | undefined {
  const sides = shape.length > 1 ? shape.slice(1) : shape;
  if (sides.length === 0 || !sides.every((side) => typeof side === 'number')) return undefined;
  return sides.reduce((product, side) => product * side, 1);
}

/** Throws `model-mismatch` unless there is a label for each class, or two for a single number: no and yes. */
export function checkCount(labels: number, classes: number, output: string): void {
  if (labels === classes || (classes === 1 && labels === 2)) return;
  const hint =
    labels === classes + 1
      ? '; is a heading line among the labels?'
      : labels === classes - 1
        ? '; does the network count a background class that has no label?'
        : '';
  throw new ShiwuError(
    'model-mismatch',
    `${labels} labels for ${classes} classes of output ${output}${hint}`,
  );
}

/** `input float32 [N, 3, 224, 224], …` */
export function show(tensors: readonly TensorInfo[]): string {
  return tensors.map(({ name, type, shape }) => `${name} ${type} [${shape.join(', ')}]`).join(', ');
}

function missing(kind: string, name: string, present: readonly TensorInfo[]): ShiwuError {
  return new ShiwuError(
    'model-mismatch',
    `no ${kind} named ${name}; the model has ${show(present)}`,
  );
}

function is(wanted: number): (value: number) => boolean {
  return (value) => value === wanted;
}
