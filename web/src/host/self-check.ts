/** Holds one backend's answer, or one engine's, against another's. */

/** Part of the logits' range by which two engines of float32 may differ. */
const LOGITS_TOLERANCE = 1e-4;

/** Where two engines' logits for one input differ, in words; undefined when they agree. */
export function apart(expected: Float32Array, found: Float32Array): string | undefined {
  if (found.length !== expected.length) return `${found.length} logits for ${expected.length}`;
  let [least, most, worst] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const [index, logit] of expected.entries()) {
    const gap = Math.abs((found[index] as number) - logit);
    if (Number.isNaN(gap)) return `logit ${index} is not a number`;
    [least, most, worst] = [Math.min(least, logit), Math.max(most, logit), Math.max(worst, gap)];
  }
  // A yes/no model has one logit, and no range.
  const range = most - least || Math.abs(most) || 1;
  if (worst > LOGITS_TOLERANCE * range) {
    return `a logit is off by ${(worst / range).toPrecision(2)} of the range`;
  }
  return undefined;
}

/** Probabilities of two float32 backends that agree differ by far less; half precision by about this. */
const TOLERANCE = 1e-3;

/** Where two backends' scores for one input differ, in words; undefined when they agree. */
export function disagreement(expected: Float32Array, found: Float32Array): string | undefined {
  if (found.length !== expected.length) return `${found.length} scores for ${expected.length}`;
  let worst = 0;
  for (const [index, score] of expected.entries()) {
    // NaN compares false with everything, so it is asked for by name.
    const gap = Math.abs((found[index] as number) - score);
    if (Number.isNaN(gap)) return `score ${index} is not a number`;
    worst = Math.max(worst, gap);
  }
  if (worst > TOLERANCE) return `a score is off by ${worst.toPrecision(2)}`;
  const missing = best(expected).find((index) => {
    const fifth = found[best(found).at(-1) as number] as number;
    return (found[index] as number) < fifth - TOLERANCE;
  });
  return missing === undefined ? undefined : `class ${missing} is not among the first five`;
}

function best(scores: Float32Array): number[] {
  return [...scores.keys()]
    .sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b)
    .slice(0, 5);
}
