/** Of how many photos a thing was taught → of 100 others of it, how many are named right: docs/teaching.md, Lite0. */
const MEASURED = [
  [1, 77],
  [3, 86],
  [5, 90],
  [10, 92],
] as const;

export interface Rate {
  readonly right: number;
  /** How many photos more are needed for better, and how good it is then; null: no more help was measured. */
  readonly next: { readonly more: number; readonly right: number } | null;
}

export function rateOf(photos: number): Rate {
  const reached = MEASURED.filter(([n]) => n <= photos).at(-1) ?? MEASURED[0];
  const next = MEASURED.find(([n]) => n > photos);
  return { right: reached[1], next: next ? { more: next[0] - photos, right: next[1] } : null };
}
