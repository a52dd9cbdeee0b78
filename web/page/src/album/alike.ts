import type { Classifier } from 'shiwu';
import type { Entry } from './types.js';

/** Photos that look alike, by the cosine of their embeddings, which the core compares in a worker. */

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

type Comparer = Pick<Classifier, 'nearest' | 'groupAlike'>;

/** The photos most like this one, the most alike first, without itself. */
export async function similarTo(
  classifier: Comparer,
  key: string,
  vectors: ReadonlyMap<string, Int8Array>,
  limit = 60,
): Promise<{ key: string; likeness: number }[]> {
  const mine = vectors.get(key);
  if (!mine) return [];
  const others = [...vectors].filter(([other]) => other !== key);
  const among = others.map(([, vector]) => vector);
  const near = await classifier.nearest(mine, among, { limit, least: SIMILAR });
  return near.map(({ index, likeness }) => ({ key: others[index]?.[0] ?? '', likeness }));
}

/** Groups of two or more photos of the same picture: copies, smaller copies, shots a moment apart. */
export async function duplicates(
  classifier: Comparer,
  entries: readonly Entry[],
  vectors: ReadonlyMap<string, Int8Array>,
): Promise<Entry[][]> {
  const some = entries.filter(({ key }) => vectors.has(key));
  const groups = await classifier.groupAlike(
    some.map(({ key }) => vectors.get(key) as Int8Array),
    { least: SAME, tags: some.map(tagsOf) },
  );
  return groups.map((group) => group.map((index) => some[index] as Entry));
}

const tagsOf = ({ guesses }: Entry) => guesses.slice(0, GUESSES_COMPARED).map(({ id }) => id);

/** Of each set of keys all but the best: the one corrected by hand, else with the most pixels, then the most bytes. */
export function spare(sets: readonly (readonly string[])[], entries: readonly Entry[]): Entry[] {
  const byKey = new Map(entries.map((entry) => [entry.key, entry]));
  return sets.flatMap((keys) => {
    const set = keys.flatMap((key) => byKey.get(key) ?? []);
    return set.sort(better).slice(1);
  });
}

function better(a: Entry, b: Entry): number {
  return (
    Number(b.corrected !== null) - Number(a.corrected !== null) ||
    b.width * b.height - a.width * a.height ||
    b.size - a.size ||
    a.order - b.order
  );
}
