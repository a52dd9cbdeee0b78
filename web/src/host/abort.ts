/** Cancelling, said in one way everywhere. */
import { ShiwuError } from '../errors.js';

/** What a call rejects with when this signal has aborted: its reason if that is a ShiwuError. */
export function abortError(signal: AbortSignal): ShiwuError {
  const reason: unknown = signal.reason;
  return reason instanceof ShiwuError ? reason : new ShiwuError('aborted', '', { cause: reason });
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortError(signal);
}

/** Rejects as soon as the signal aborts; what `promise` becomes then goes unheard. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(abortError(signal));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/**
 * A signal that follows several others (AbortSignal.any is younger than the browsers that this runs
 * in). Call `unlink` when the work is over.
 */
export function linkSignals(...signals: (AbortSignal | undefined)[]): {
  readonly signal: AbortSignal;
  unlink(): void;
} {
  const controller = new AbortController();
  const links = signals
    .filter((signal) => signal !== undefined)
    .map((signal) => ({ signal, abort: () => controller.abort(signal.reason) }));
  for (const { signal, abort } of links) {
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  }
  return {
    signal: controller.signal,
    unlink: () => {
      for (const { signal, abort } of links) signal.removeEventListener('abort', abort);
    },
  };
}
