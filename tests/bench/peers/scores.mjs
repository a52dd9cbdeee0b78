/** The best class of logits or scores, and its probability. */
export function best(values, { logits }) {
  let index = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[index]) index = i;
  if (!logits) return [index, values[index]];
  let sum = 0;
  for (const value of values) sum += Math.exp(value - values[index]);
  return [index, 1 / sum];
}
