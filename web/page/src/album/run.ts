import { signal } from '@preact/signals';
import type { Classification, Classifier, Prediction } from 'shiwu';
import { classifierForPhoto } from '../state/classifier.js';
import { type Failure, toFailure, toPhotoFailure } from '../state/failure.js';
import { maxPixels } from '../state/preferences.js';
import { type Change, nextWaiting, originalOf, update } from './album-state.js';
import { pack } from './alike.js';
import type { Entry, Guess } from './types.js';

export type Phase = 'still' | 'running' | 'paused';

export const phase = signal<Phase>('still');

/** Photos named in a second, over the last while; 0 before the first. */
export const speed = signal(0);

/** Why the run had to stop, such as a model that cannot be loaded. */
export const stopped = signal<Failure | null>(null);

/** Results are shown together this often, so that the page does not redraw for each. */
const SHOW_EVERY_MS = 120;

/** What is asked of every photo. */
const ASKED = { features: true, topK: 5 } as const;

/** The speed is that of the last results, this many at most. */
const REMEMBERED_FOR_SPEED = 60;

let leave: AbortController | null = null;

/** Names what waits, until nothing does. While it runs, another call changes nothing. */
export function start(): void {
  if (leave) return;
  const mine = new AbortController();
  leave = mine;
  phase.value = 'running';
  stopped.value = null;
  void run(mine.signal).then(
    () => settle(mine, 'still', null),
    (error: unknown) => settle(mine, 'paused', toFailure(error)),
  );
}

/** Keeps what is named; the rest waits for `start`. */
export function pause(): void {
  leave?.abort();
  leave = null;
  speed.value = 0;
  phase.value = 'paused';
}

function settle(mine: AbortController, next: Phase, failure: Failure | null): void {
  if (leave !== mine) return;
  leave = null;
  speed.value = 0;
  phase.value = next;
  stopped.value = failure;
}

async function run(signal: AbortSignal): Promise<void> {
  const lost = new Set<string>();
  while (nextWaiting(lost) && !signal.aborted) {
    const classifier = await classifierForPhoto();
    try {
      await nameAll(classifier, signal, lost);
    } catch (error) {
      if (signal.aborted) return;
      // Another model has taken this one's place: it goes on with what still waits.
      if (toFailure(error).code !== 'disposed') throw error;
    }
  }
}

async function nameAll(
  classifier: Classifier,
  signal: AbortSignal,
  lost: Set<string>,
): Promise<void> {
  const taken = new Map<Blob, string>();
  const most = maxPixels.value;
  const batch = new Batch(most);
  try {
    const options = { ...ASKED, order: 'ready', maxPixels: most, signal } as const;
    for await (const answer of classifier.classifyMany(openEach(taken, lost), options)) {
      const key = taken.get(answer.input);
      taken.delete(answer.input);
      if (key !== undefined) batch.put(key, answer);
    }
  } finally {
    batch.show();
  }
}

/** Names one photo that was too large, without a limit to its pixels. */
export async function nameAnyway(key: string): Promise<void> {
  const original = await originalOf(key);
  if (!original) return;
  const most = Number.POSITIVE_INFINITY;
  const batch = new Batch(most);
  try {
    const classifier = await classifierForPhoto();
    batch.put(key, { result: await classifier.classify(original, { ...ASKED, maxPixels: most }) });
  } catch (error) {
    batch.put(key, { error });
  }
  batch.show();
}

/** Opens one file after the other, as the workers ask for them. */
async function* openEach(taken: Map<Blob, string>, lost: Set<string>): AsyncGenerator<Blob> {
  const asked = new Set(lost);
  for (;;) {
    const entry = nextWaiting(asked);
    if (!entry) return;
    asked.add(entry.key);
    const original = await originalOf(entry.key);
    if (!original) {
      lost.add(entry.key);
      continue;
    }
    // A Blob of its own: the same file may lie in the album under two names.
    const input = original.slice(0, original.size, original.type);
    taken.set(input, entry.key);
    yield input;
  }
}

interface Answer {
  readonly result?: Classification | undefined;
  readonly error?: unknown;
}

/** Answers that are shown and stored together. */
class Batch {
  #waiting: Change[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #times: number[] = [];

  /** The limit that photos were asked about under. */
  constructor(private readonly maxPixels: number) {}

  put(key: string, { result, error }: Answer): void {
    if (result) {
      const vector = result.features && pack(result.features);
      this.#waiting.push({ key, news: named(result), ...(vector && { vector }) });
    } else {
      const { code, zh, en, anyway } = toPhotoFailure(error, this.maxPixels);
      const failure = { code, zh, en, ...(anyway && { anyway }) };
      this.#waiting.push({ key, news: { state: 'failed', failure } });
    }
    this.#times.push(performance.now());
    if (this.#times.length > REMEMBERED_FOR_SPEED) this.#times.shift();
    this.#timer ??= setTimeout(() => this.show(), SHOW_EVERY_MS);
  }

  show(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    update(this.#waiting);
    this.#waiting = [];
    const [first = 0] = this.#times;
    const seconds = (performance.now() - first) / 1000;
    speed.value = seconds > 0 ? (this.#times.length - 1) / seconds : 0;
  }
}

function named({ predictions, answer, image }: Classification): Partial<Entry> {
  return {
    state: 'named',
    failure: null,
    guesses: predictions.map(guessOf),
    answer,
    width: image.width,
    height: image.height,
  };
}

export function guessOf(prediction: Prediction): Guess {
  const { id, label_zh, label_en, aliases, categories, score } = prediction;
  return { id, zh: label_zh, en: label_en || label_zh, aliases, categories, score };
}
