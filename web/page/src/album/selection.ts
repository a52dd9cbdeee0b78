import { signal } from '@preact/signals';
import { correctAll as correct, entries } from './album-state.js';
import type { Entry, Guess } from './types.js';

/** Keys of the photos that are chosen together; null while none are being chosen. */
export const selected = signal<ReadonlySet<string> | null>(null);

export function toggle(key: string): void {
  const keys = new Set(selected.value);
  if (!keys.delete(key)) keys.add(key);
  selected.value = keys;
}

export function selectedEntries(): Entry[] {
  const keys = selected.value;
  return keys ? entries.value.filter(({ key }) => keys.has(key)) : [];
}

/** Names all of them so. What it gives once that is stored puts back what each was called before. */
export async function correctAll(photos: readonly Entry[], guess: Guess): Promise<() => void> {
  const former = photos.map(({ key, corrected }) => ({ key, corrected }));
  await correct(photos.map(({ key }) => ({ key, corrected: guess })));
  // What has been called otherwise since, or taken out, is left alone.
  const isStill = (key: string) =>
    entries.value.some((entry) => entry.key === key && entry.corrected?.id === guess.id);
  return () => void correct(former.filter(({ key }) => isStill(key)));
}
