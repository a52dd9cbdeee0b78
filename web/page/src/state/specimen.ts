import { signal } from '@preact/signals';
import type { Classification } from 'shiwu';
import { classifierForPhoto } from './classifier.js';
import { type Failure, toFailure } from './failure.js';
import type { Photo } from './photo.js';

/** What lies on the table. */
export type Specimen =
  | { readonly kind: 'empty' }
  | { readonly kind: 'working'; readonly photo: Photo }
  | { readonly kind: 'done'; readonly photo: Photo; readonly result: Classification }
  | { readonly kind: 'failed'; readonly photo: Photo; readonly failure: Failure };

export const specimen = signal<Specimen>({ kind: 'empty' });

/** A passing remark, such as "no photo found". */
export const notice = signal<string | null>(null);

let current: AbortController | null = null;

/** Puts a photo on the table and names it; whatever was being named is given up. */
export function examine(photo: Photo): void {
  const before = specimen.value;
  specimen.value = { kind: 'working', photo };
  notice.value = null;
  if (before.kind !== 'empty' && before.photo !== photo) before.photo.close();
  void name(photo);
}

/** Tries the photo on the table once more. */
export function examineAgain(): void {
  if (specimen.value.kind !== 'empty') examine(specimen.value.photo);
}

async function name(photo: Photo): Promise<void> {
  current?.abort();
  const mine = new AbortController();
  current = mine;
  try {
    const [classifier, blob] = await Promise.all([classifierForPhoto(), photo.open(mine.signal)]);
    if (mine.signal.aborted) return;
    const result = await classifier.classify(blob, { topK: 5, signal: mine.signal });
    if (!mine.signal.aborted) specimen.value = { kind: 'done', photo, result };
  } catch (error) {
    if (mine.signal.aborted) return;
    specimen.value = { kind: 'failed', photo, failure: toFailure(error) };
  }
}
