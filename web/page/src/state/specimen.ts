import { computed, signal } from '@preact/signals';
import type { Classification, Region } from 'shiwu';
import { copy } from '../copy/index.js';
import { classifierForPhoto } from './classifier.js';
import { type Failure, toPhotoFailure } from './failure.js';
import type { Photo } from './photo.js';
import { historyChoice, maxPixels } from './preferences.js';

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

/** Answers of the visitor's own: no model is asked again. */
const given = new WeakSet<Classification>();

/** Photos that are opened whatever their size. */
const anyway = new WeakSet<Photo>();

let current: AbortController | null = null;

/** Photos that others were put in the place of before they had a name, the first at the end. */
const unanswered: Laid[] = [];

/** One of these, named since: it lies before the photo on the table, and belongs into the history. */
export const namedAside = signal<Extract<Specimen, { kind: 'done' }> | null>(null);

/** Puts a photo on the table, or a part of it, and names it; whatever was being named is given up. */
export function examine(photo: Photo, region: Region | null = null): void {
  const before = specimen.value;
  past.value = [...past.value, before].slice(-STEPS);
  future.value = [];
  lay({ photo, region });
  if (before.kind !== 'working' || before.photo === photo) return;
  unanswered.push({ photo: before.photo, region: null });
  notice.value = copy.peek().keptBefore;
}

/** Tries the photo on the table once more. What the visitor has said of it stands. */
export function examineAgain(): void {
  const state = specimen.value;
  if (state.kind !== 'empty' && !isGiven(state)) lay(state);
}

/** The photo on the table shows what the visitor says: a step that can be undone. */
export function answerBy(result: Classification): void {
  const state = specimen.value;
  if (state.kind !== 'done') return;
  given.add(result);
  past.value = [...past.value, state].slice(-STEPS);
  future.value = [];
  specimen.value = { ...state, result };
}

/** Whether that answer is the visitor's own. */
export const isGiven = (state: Specimen) => state.kind === 'done' && given.has(state.result);

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
  if (state.kind === 'empty' || isGiven(state)) specimen.value = state;
  else lay(state);
}

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
  if (!signal.aborted) void nameAside(signal);
}

/** What was passed over gets its name once nothing else waits for one; where a history is kept, it belongs there. */
async function nameAside(signal: AbortSignal): Promise<void> {
  while (unanswered.length > 0 && !signal.aborted) {
    const [laid] = unanswered;
    if (!laid || historyChoice.value === 'off') return void unanswered.splice(0);
    try {
      const [classifier, blob] = await Promise.all([classifierForPhoto(), laid.photo.open(signal)]);
      const options = { topK: 5, maxPixels: maxPixels.value, signal };
      const result = await classifier.classify(blob, options);
      namedAside.value = { kind: 'done', ...laid, result };
    } catch {
      // It says why when it is called back onto the table.
      if (signal.aborted) return;
    }
    unanswered.shift();
  }
}
