/**
 * Networks that end in softmax or sigmoid. shiwu wants logits and applies these itself; a second
 * time they would flatten every score. What a network answers to two pictures tells, and the
 * inverse undoes it, so that scores come out as the network gave them.
 */

export type Activation = 'softmax' | 'sigmoid' | null;

/**
 * Of outputs of the same network for different pictures. Logits would hardly lie in 0..1 for every
 * class of every picture; of a single class that says nothing.
 */
export function detectActivation(
  task: 'single-label' | 'multi-label',
  answers: readonly Float32Array[],
): Activation {
  if (!answers.every((answer) => answer.length > 1 && answer.every((p) => p >= 0 && p <= 1))) {
    return null;
  }
  const sumsToOne = answers.every(
    // float16 weights, or thousands of classes, leave the sum a little off
    (answer) => Math.abs(answer.reduce((sum, p) => sum + p, 0) - 1) < 1e-3,
  );
  return task === 'single-label' && sumsToOne ? 'softmax' : 'sigmoid';
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
