import { type Entry, nameOf } from './types.js';

/**
 * Photos that look alike, by the cosine of their embeddings. An embedding is kept as 8-bit levels of
 * its unit vector: a quarter of the bytes, and the cosine changes by less than 0.01.
 */

/**
 * From here up two photos are taken for the same picture. Measured with EfficientNet-Lite0: MEASURED
 */
export const SAME = 0.9;

/** Longer than this, and the page would miss a frame. */
const SLICE_MS = 12;

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
    if (other !== key) all.push({ key: other, likeness: cosine(mine, vector) });
    await breathe();
  }
  return all.sort((a, b) => b.likeness - a.likeness).slice(0, limit);
}

/**
 * Groups of two or more photos of the same picture: copies, smaller copies, shots a moment apart. Only
 * photos of the same name are compared, which leaves ten thousand of them a matter of seconds.
 */
export async function duplicates(
  entries: readonly Entry[],
  vectors: ReadonlyMap<string, Int8Array>,
): Promise<Entry[][]> {
  const breathe = pacer();
  const byName = new Map<string, Entry[]>();
  for (const entry of entries) {
    const id = nameOf(entry)?.id;
    if (id === undefined) continue;
    const same = byName.get(id);
    if (same) same.push(entry);
    else byName.set(id, [entry]);
  }
  const groups: Entry[][] = [];
  for (const alike of byName.values()) {
    const open: Entry[][] = [];
    for (const entry of alike) {
      const mine = vectors.get(entry.key);
      if (!mine) continue;
      const group = open.find(([first]) => {
        const other = first && vectors.get(first.key);
        return other !== undefined && cosine(mine, other) >= SAME;
      });
      if (group) group.push(entry);
      else open.push([entry]);
      await breathe();
    }
    groups.push(...open.filter((group) => group.length > 1));
  }
  return groups.sort((a, b) => (a[0]?.order ?? 0) - (b[0]?.order ?? 0));
}

/** Lets the page breathe whenever a slice of time is used up. */
function pacer(): () => Promise<void> | undefined {
  let until = performance.now() + SLICE_MS;
  return () => {
    if (performance.now() < until) return undefined;
    return new Promise((resolve) => {
      setTimeout(() => {
        until = performance.now() + SLICE_MS;
        resolve();
      });
    });
  };
}
