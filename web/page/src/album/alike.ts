import { pacer } from './pacer.js';
import type { Entry } from './types.js';

/**
 * Photos that look alike, by the cosine of their embeddings. An embedding is kept as 8-bit levels of
 * its unit vector: a quarter of the bytes, and the cosine changes by less than 0.003.
 */

/**
 * From here up two photos are taken for the same picture. Measured with EfficientNet-Lite0: of 44,850
 * pairs of different photos, none above 0.64; of 150 photos, 95 in 100 of those compressed again to
 * quality 40 lay above 0.86, cut by a tenth above 0.81, brightened above 0.92, mirrored above 0.93; at
 * half the size, half above 0.88. Photos a moment apart are in between.
 */
export const SAME = 0.85;

/** From here up photos are shown as similar: of different photos, 1 pair in 100 lies above. */
export const SIMILAR = 0.35;

/** Photos are compared when they share one of their first guesses, as 99 in 100 copies do. */
const GUESSES_COMPARED = 2;

/** The unit vector in levels from −127 to 127, the largest of which is ±127. */
export function pack(features: Float32Array): Int8Array<ArrayBuffer> {
  let largest = 0;
  for (const value of features) largest = Math.max(largest, Math.abs(value));
  const scale = largest > 0 ? 127 / largest : 0;
  return Int8Array.from(features, (value) => Math.round(value * scale));
}

/** From −1 to 1; 0 where one of them is all zeros or of another model. */
export function cosine(a: Int8Array, b: Int8Array): number {
  if (a.length !== b.length) return 0;
  let dot = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i] as number;
    const y = b[i] as number;
    dot += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? dot / Math.sqrt(aa * bb) : 0;
}

/** The photos most like this one, the most alike first, without itself. */
export async function similarTo(
  key: string,
  vectors: ReadonlyMap<string, Int8Array>,
  limit = 60,
): Promise<{ key: string; likeness: number }[]> {
  const mine = vectors.get(key);
  if (!mine) return [];
  const breathe = pacer();
  const all: { key: string; likeness: number }[] = [];
  for (const [other, vector] of vectors) {
    const likeness = cosine(mine, vector);
    if (other !== key && likeness >= SIMILAR) all.push({ key: other, likeness });
    await breathe();
  }
  return all.sort((a, b) => b.likeness - a.likeness).slice(0, limit);
}

/** Groups of two or more photos of the same picture: copies, smaller copies, shots a moment apart. */
export async function duplicates(
  entries: readonly Entry[],
  vectors: ReadonlyMap<string, Int8Array>,
): Promise<Entry[][]> {
  const breathe = pacer();
  const groups: Entry[][] = [];
  /** For each class, the groups whose first photo may show it. */
  const byGuess = new Map<string, Set<Entry[]>>();
  for (const entry of entries) {
    const mine = vectors.get(entry.key);
    if (!mine) continue;
    const near = entry.guesses.slice(0, GUESSES_COMPARED).map(({ id }) => bucket(byGuess, id));
    let home: Entry[] | undefined;
    for (const group of new Set(near.flatMap((some) => [...some]))) {
      const first = group[0] && vectors.get(group[0].key);
      if (first && cosine(mine, first) >= SAME) home = group;
      if (home) break;
      await breathe();
    }
    if (home) home.push(entry);
    else {
      const group = [entry];
      groups.push(group);
      for (const some of near) some.add(group);
    }
  }
  return groups.filter((group) => group.length > 1);
}

function bucket(byGuess: Map<string, Set<Entry[]>>, id: string): Set<Entry[]> {
  const known = byGuess.get(id) ?? new Set();
  byGuess.set(id, known);
  return known;
}
