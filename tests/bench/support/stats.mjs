/** The value below which the fraction `p` of them lies, by the nearest rank; undefined of nothing. */
export function percentile(values, p) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)];
}

export const median = (values) => percentile(values, 0.5);

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of each key that is a number in the first of the objects. */
export function medians(objects) {
  const keys = Object.keys(objects[0] ?? {}).filter((key) => typeof objects[0][key] === 'number');
  return Object.fromEntries(keys.map((key) => [key, median(objects.map((each) => each[key]))]));
}
