/** Many pictures through one classifier: bounded memory, failures as results. */
import { ShiwuError } from './errors.js';
import { linkSignals, orAborted, throwIfAborted } from './host/abort.js';
import type { Classification, ImageInput, ManyProgress, ManyResult } from './types.js';

export interface AlbumOptions<T extends ImageInput> {
  /** Names one picture. */
  readonly classify: (input: T, signal: AbortSignal) => Promise<Classification>;
  /** Pictures under way at once: those in the workers, and as many again being fetched or read. */
  readonly inFlight: number;
  readonly order: 'input' | 'ready';
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (progress: ManyProgress) => void;
}

/**
 * Yields a result for each input. Ends by throwing only when the inputs themselves throw, the signal
 * aborts (`aborted`) or the classifier is disposed (`disposed`); then, and when the loop is left,
 * everything under way is cancelled.
 */
export async function* album<T extends ImageInput>(
  inputs: Iterable<T> | AsyncIterable<T>,
  options: AlbumOptions<T>,
): AsyncIterableIterator<ManyResult<T>> {
  const { classify, inFlight, order, onProgress } = options;
  const leave = new AbortController();
  const { signal, unlink } = linkSignals(options.signal, leave.signal);
  const source = iterate(inputs);
  const total = lengthOf(inputs);
  /** Under way or answered but not yet taken, in the order of the inputs. */
  const slots: Slot<T>[] = [];
  /** The next input on its way, where there is room for it. */
  let pulling: Promise<void> | undefined;
  let taken = 0;
  let ended = false;
  let done = 0;
  let failed = 0;

  const look = async (index: number, input: T): Promise<ManyResult<T>> => {
    try {
      return { index, input, result: await classify(input, signal) };
    } catch (error) {
      throwIfAborted(signal);
      if (!(error instanceof ShiwuError) || error.code === 'disposed') throw error;
      return { index, input, error };
    }
  };
  const pull = async (): Promise<void> => {
    const next = await source.next();
    pulling = undefined;
    if (next.done) ended = true;
    else slots.push(slotOf(look(taken++, next.value)));
  };

  try {
    for (;;) {
      throwIfAborted(signal);
      if (!ended && !pulling && slots.length < inFlight) pulling = heard(pull());
      if (slots.length === 0 && !pulling) return;
      const slot = order === 'input' ? slots[0] : slots.find(({ settled }) => settled);
      if (slot?.settled) {
        slots.splice(slots.indexOf(slot), 1);
        const result = await slot.promise;
        done++;
        if (result.error) failed++;
        onProgress({ done, failed, total });
        yield result;
      } else {
        // Only what can change the answer to "is the next result there?": waiting for others would spin.
        const awaited = order === 'input' ? slots.slice(0, 1) : slots;
        const events = [...awaited.map(({ promise }) => promise), ...(pulling ? [pulling] : [])];
        await orAborted(Promise.race<unknown>(events), signal);
      }
    }
  } finally {
    leave.abort();
    unlink();
    // Not awaited: a source that hangs in next() would not return either.
    void heard(Promise.resolve(source.return?.()));
  }
}

interface Slot<T extends ImageInput> {
  readonly promise: Promise<ManyResult<T>>;
  settled: boolean;
}

function slotOf<T extends ImageInput>(promise: Promise<ManyResult<T>>): Slot<T> {
  const slot = { promise: heard(promise), settled: false };
  const settle = () => {
    slot.settled = true;
  };
  promise.then(settle, settle);
  return slot;
}

/** A failure that is looked at later must not count as unhandled until then. */
function heard<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

function iterate<T>(inputs: Iterable<T> | AsyncIterable<T>): AsyncIterator<T> | Iterator<T> {
  return Symbol.asyncIterator in inputs
    ? inputs[Symbol.asyncIterator]()
    : inputs[Symbol.iterator]();
}

function lengthOf(inputs: object): number | undefined {
  const { length, size } = inputs as { length?: unknown; size?: unknown };
  return typeof length === 'number' ? length : typeof size === 'number' ? size : undefined;
}
