import { computed, signal } from '@preact/signals';
import type { Classification, Region } from 'shiwu';
import { classifierForPhoto } from './classifier.js';
import { type Failure, toPhotoFailure } from './failure.js';
import type { Photo } from './photo.js';
import { maxPixels } from './preferences.js';

/** A photo, and the part of it that is asked about; null: the whole. */
interface Laid {
  readonly photo: Photo;
  readonly region: Region | null;
}

/** What lies on the table. */
export type Specimen =
  | { readonly kind: 'empty' }
  | ({ readonly kind: 'working' } & Laid)
  | ({ readonly kind: 'done'; readonly result: Classification } & Laid)
  | ({ readonly kind: 'failed'; readonly failure: Failure } & Laid);

export const specimen = signal<Specimen>({ kind: 'empty' });

/** A passing remark, such as "no photo found". */
export const notice = signal<string | null>(null);

/** What lay on the table before, and after what was undone. */
const past = signal<readonly Specimen[]>([]);
const future = signal<readonly Specimen[]>([]);

export const canUndo = computed(() => past.value.length > 0);
export const canRedo = computed(() => future.value.length > 0);

/** Steps that can be taken back; older photos are let go. */
const STEPS = 20;

/** Photos that are opened whatever their size. */
const anyway = new WeakSet<Photo>();

let current: AbortController | null = null;

/** Puts a photo on the table, or a part of it, and names it; whatever was being named is given up. */
export function examine(photo: Photo, region: Region | null = null): void {
  const dropped = future.value;
  past.value = [...past.value, specimen.value];
  future.value = [];
  const forgotten = past.value.slice(0, -STEPS);
  past.value = past.value.slice(-STEPS);
  lay({ photo, region });
  release([...dropped, ...forgotten]);
}

/** Tries the photo on the table once more. */
export function examineAgain(): void {
  if (specimen.value.kind !== 'empty') lay(specimen.value);
}

/** Tries it once more, and whatever is asked about it later, without a limit to its pixels. */
export function examineAnyway(): void {
  if (specimen.value.kind === 'empty') return;
  anyway.add(specimen.value.photo);
  lay(specimen.value);
}

export function undo(): void {
  const before = past.value.at(-1);
  if (!before) return;
  past.value = past.value.slice(0, -1);
  future.value = [...future.value, specimen.value];
  putBack(before);
}

export function redo(): void {
  const after = future.value.at(-1);
  if (!after) return;
  future.value = future.value.slice(0, -1);
  past.value = [...past.value, specimen.value];
  putBack(after);
}

/** It is named again: another model may be at work by now. */
function putBack(state: Specimen): void {
  current?.abort();
  notice.value = null;
  if (state.kind === 'empty') specimen.value = state;
  else lay(state);
}

/** Frees the previews of photos that nothing leads back to. */
function release(states: readonly Specimen[]): void {
  const kept = new Set([...past.value, ...future.value, specimen.value].map(photoOf));
  for (const photo of new Set(states.map(photoOf))) if (!kept.has(photo)) photo?.close();
}

const photoOf = (state: Specimen): Photo | null => (state.kind === 'empty' ? null : state.photo);

function lay({ photo, region }: Laid): void {
  specimen.value = { kind: 'working', photo, region };
  notice.value = null;
  void name({ photo, region });
}

async function name({ photo, region }: Laid): Promise<void> {
  current?.abort();
  const mine = new AbortController();
  current = mine;
  const { signal } = mine;
  const most = anyway.has(photo) ? Number.POSITIVE_INFINITY : maxPixels.value;
  try {
    const [classifier, blob] = await Promise.all([classifierForPhoto(), photo.open(signal)]);
    if (signal.aborted) return;
    const options = { topK: 5, maxPixels: most, signal, ...(region && { region }) };
    const result = await classifier.classify(blob, options);
    if (!signal.aborted) specimen.value = { kind: 'done', photo, region, result };
  } catch (error) {
    if (signal.aborted) return;
    specimen.value = { kind: 'failed', photo, region, failure: toPhotoFailure(error, most) };
  }
}
