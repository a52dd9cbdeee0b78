/**
 * From a network's output to scores. Networks that end in softmax or sigmoid have done it themselves: a
 * second time it would flatten every score, so their numbers are the scores as they are.
 */
import type { Activation } from './onnx/graph.js';

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
