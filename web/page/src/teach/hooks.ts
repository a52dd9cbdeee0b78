import { signal } from '@preact/signals';
import type { Classifier } from 'shiwu';
import type { OwnModel } from '../own/own-model.js';

/** What of teaching must be there from the start: the room itself is fetched when it is first needed. */

/** Its database, and the channel by which one tab tells the others of a lesson. */
export const DATABASE = 'shiwu.taught';

/** What lies open: the question what a photo shows instead, or the sheet for new things; null: neither. */
export const teaching = signal<'doubt' | 'lessons' | null>(null);

/** Photos that were handed over while the sheet lay open: it empties this. */
export const handed = signal<readonly File[]>([]);

/** Whether photos that are handed over now are meant as examples. */
export const wantsExamples = () => teaching.value === 'lessons';

/** Lessons that are kept, given to a classifier before it answers; it is as it was where there are none. */
export async function withLessons(
  classifier: Classifier,
  own: OwnModel | null,
  kept: Promise<boolean>,
): Promise<Classifier> {
  try {
    if (await kept) await (await import('./lessons.js')).begin(classifier, own);
  } catch {
    // The room could not be fetched; it is asked again with the next model or lesson.
  }
  return classifier;
}

/** Whether lessons were ever kept here. Nothing is made by the question. */
export async function anyKept(): Promise<boolean> {
  try {
    const all = await indexedDB.databases?.();
    return all ? all.some(({ name }) => name === DATABASE) : true;
  } catch {
    return false; // private windows keep nothing
  }
}

/** Takes in what other tabs are taught. */
export function listenForLessons(): void {
  if (typeof BroadcastChannel === 'undefined') return;
  new BroadcastChannel(DATABASE).onmessage = () => {
    import('./lessons.js').then(
      ({ takeInNews }) => takeInNews(),
      () => {
        // It comes with the next visit.
      },
    );
  };
}

/** A file of lessons, by its name. */
export const isLessons = (name: string) => /\.shiwu$/i.test(name);

export async function takeLessons(file: File): Promise<void> {
  const { takeFile } = await import('./acts.js');
  await takeFile(file);
}
