import { signal } from '@preact/signals';
import type { Classification, Classifier } from 'shiwu';
import { News } from '../kept/news.js';
import { inTurn } from '../kept/turn.js';
import { guessOf } from '../names/find.js';
import { classifierForPhoto } from '../state/classifier.js';
import { type Failure, toFailure, toPhotoFailure } from '../state/failure.js';
import { told } from '../state/language.js';
import { maxPixels } from '../state/preferences.js';
import { notice } from '../state/specimen.js';
import { name, nextWaiting, notAtHand, originalOf, reread } from './album-state.js';
import type { Naming } from './shelf.js';

/** `elsewhere`: another tab is naming; this one takes over when that one ends or is closed. */
export type Phase = 'still' | 'running' | 'elsewhere' | 'paused';

export const phase = signal<Phase>('still');

/** Photos named in a second, over the last while; 0 before the first. */
export const speed = signal(0);

/** Why the run had to stop, such as a model that cannot be loaded. */
export const stopped = signal<Failure | null>(null);

/** Results are shown together this often, so that the page does not redraw for each. */
const SHOW_EVERY_MS = 120;

/** What is asked of every photo. */
const ASKED = { levels: true, topK: 5 } as const;

/** The speed is that of the last results, this many at most. */
const REMEMBERED_FOR_SPEED = 60;

let leave: AbortController | null = null;

/** The run is that of all tabs: each can pause it, and let it go on. */
const news = new News<'start' | 'pause'>('shiwu.album.run', (what) => {
  if (what === 'start') startHere();
  else if (leave) pauseHere();
});

/** Names what waits, until nothing does. While it runs, another call changes nothing. */
export function start(): void {
  startHere();
  news.tell('start');
}

function startHere(): void {
  if (leave) return;
  const mine = new AbortController();
  leave = mine;
  phase.value = 'running';
  stopped.value = null;
  void run(mine.signal).then(
    () => {
      if (leave !== mine) return;
      settle(mine, 'still', null);
      // What came while the turn was being given back.
      if (nextWaiting()) startHere();
    },
    (error: unknown) => settle(mine, 'paused', toFailure(error)),
  );
}

let pauses = 0;

/** How often it was paused. */
export const timesPaused = () => pauses;

/** Keeps what is named; the rest waits for `start`. */
export function pause(): void {
  pauseHere();
  news.tell('pause');
}

function pauseHere(): void {
  pauses++;
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
  const waiting = () => {
    phase.value = 'elsewhere';
  };
  await inTurn('shiwu.album.run', signal, waiting, async (waited) => {
    phase.value = 'running';
    // What the other tab has named is not named again.
    if (waited) await reread(null);
    await nameWaiting(signal);
  });
}

async function nameWaiting(signal: AbortSignal): Promise<void> {
  while (nextWaiting() && !signal.aborted) {
    const classifier = await classifierForPhoto();
    try {
      await nameAll(classifier, signal);
    } catch (error) {
      if (signal.aborted) return;
      // Another model has taken this one's place: it goes on with what still waits.
      if (toFailure(error).code !== 'disposed') throw error;
    }
  }
}

async function nameAll(classifier: Classifier, signal: AbortSignal): Promise<void> {
  const taken = new Map<Blob, string>();
  const most = maxPixels.value;
  const batch = new Batch(most);
  const show = () => void batch.shown();
  addEventListener('pagehide', show);
  try {
    const options = { ...ASKED, order: 'ready', maxPixels: most, signal } as const;
    for await (const answer of classifier.classifyMany(openEach(taken), options)) {
      const key = taken.get(answer.input);
      taken.delete(answer.input);
      if (key !== undefined) batch.put(key, answer);
    }
  } finally {
    removeEventListener('pagehide', show);
    await batch.shown();
  }
}

/** Names one photo that was too large, without a limit to its pixels. After a failure that may pass it can be asked again. */
export async function nameAnyway(key: string): Promise<void> {
  const original = await originalOf(key);
  if (!original) return;
  const most = Number.POSITIVE_INFINITY;
  const batch = new Batch(most);
  try {
    const classifier = await classifierForPhoto();
    batch.put(key, { result: await classifier.classify(original, { ...ASKED, maxPixels: most }) });
  } catch (error) {
    const failure = toFailure(error);
    if (failure.retriable) {
      notice.value = told(failure);
      return;
    }
    batch.put(key, { error });
  }
  await batch.shown();
}

/** Opens one file after the other, as the workers ask for them. */
async function* openEach(taken: Map<Blob, string>): AsyncGenerator<Blob> {
  const asked = new Set<string>();
  for (;;) {
    const entry = nextWaiting(asked);
    if (!entry) return;
    asked.add(entry.key);
    const original = await originalOf(entry.key);
    if (!original) {
      notAtHand(entry.key);
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
  #waiting: Naming[] = [];
  #storing: Promise<unknown> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #times: number[] = [];

  /** The limit that photos were asked about under. */
  constructor(private readonly maxPixels: number) {}

  put(key: string, { result, error }: Answer): void {
    if (result) {
      const vector = result.levels as Int8Array<ArrayBuffer> | undefined;
      this.#waiting.push({ key, news: named(result), ...(vector && { vector }) });
    } else {
      const { code, zh, en, anyway } = toPhotoFailure(error, this.maxPixels);
      const failure = { code, zh, en, ...(anyway && { anyway }) };
      this.#waiting.push({ key, news: { state: 'failed', failure } });
    }
    this.#times.push(performance.now());
    if (this.#times.length > REMEMBERED_FOR_SPEED) this.#times.shift();
    this.#timer ??= setTimeout(() => void this.shown(), SHOW_EVERY_MS);
  }

  /** Shows what has come; resolves once all of it is. */
  async shown(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length > 0) {
      const storing = name(this.#waiting);
      this.#waiting = [];
      const [first = 0] = this.#times;
      const seconds = (performance.now() - first) / 1000;
      speed.value = seconds > 0 ? (this.#times.length - 1) / seconds : 0;
      this.#storing = Promise.all([this.#storing, storing]);
    }
    await this.#storing;
  }
}

function named({ predictions, answer, image }: Classification): Naming['news'] {
  return {
    state: 'named',
    failure: null,
    guesses: predictions.map(guessOf),
    answer,
    width: image.width,
    height: image.height,
    taken: image.takenAt ?? null,
  };
}
