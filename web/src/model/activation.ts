/**
 * From a network's output to scores. Networks that end in softmax or sigmoid have done it themselves: a
 * second time it would flatten every score, so their numbers are the scores as they are.
 */
import type { Core } from '../runtime/core.js';
import type { Manifest } from './manifest.js';
import type { Activation } from './onnx/graph.js';

/** What makes scores of so many outputs, in the graph or here. A single one is never shared out. */
export function headFor(
  outputs: number,
  task: Manifest['task'],
  activation: Activation,
): Exclude<Activation, null> {
  return activation ?? (task === 'multi-label' || outputs === 1 ? 'sigmoid' : 'softmax');
}

/**
 * A score for each of `labels`, of which a single output has one, yes, or two, no and yes. The pipeline
 * goes by the same rule (models/shiwu_models/head.py).
 */
export function scoresOf(
  core: Core,
  outputs: Float32Array,
  labels: number,
  { task, calibration: { temperature } }: Manifest,
  activation: Activation,
): Float32Array {
  const shared = headFor(outputs.length, task, activation) === 'softmax';
  const scores =
    activation && temperature === 1
      ? outputs
      : core.scores(
          toLogits(outputs, activation),
          shared ? 'single-label' : 'multi-label',
          temperature,
        );
  const [yes = Number.NaN] = scores;
  return outputs.length < labels ? Float32Array.of(1 - yes, yes) : scores;
}

/**
 * Softmax that the graph does not show, written by hand or the mean of several: told by the outputs of the
 * same network for different pictures, which all lie in 0..1 and add up to 1. Logits never do so.
 */
export function addUpToOne(answers: readonly Float32Array[]): boolean {
  return answers.every(
    (answer) =>
      answer.length > 1 &&
      answer.every((p) => p >= 0 && p <= 1) &&
      // float16 weights, or thousands of classes, leave the sum a little off
      Math.abs(answer.reduce((sum, p) => sum + p, 0) - 1) < 1e-3,
  );
}

/** The outputs before the activation: up to a constant for softmax, which its input may have. */
export function toLogits(outputs: Float32Array, activation: Activation): Float32Array {
  if (!activation) return outputs;
  return outputs.map((output) => {
    const p = Math.min(Math.max(output, LEAST), MOST);
    return activation === 'softmax' ? Math.log(p) : Math.log(p) - Math.log1p(-p);
  });
}

/** The float32 next to 0 that is not denormal, and the one next to 1: their logits are finite. */
const LEAST = 2 ** -126;
const MOST = 1 - 2 ** -24;
