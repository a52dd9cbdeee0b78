/** The classifier of one element: made when first needed, disposed when no longer. */
import { createClassifier, ShiwuError } from '../index.js';
import type { Classifier, ClassifierOptions } from '../types.js';

export class ClassifierHolder {
  #given: Classifier | null = null;
  #own: { promise: Promise<Classifier>; abort: AbortController } | undefined;
  #loaded: Classifier | null = null;

  /** `options` is asked anew at each load. */
  constructor(private readonly options: () => ClassifierOptions) {}

  /** That of the page's, if any. */
  get given(): Classifier | null {
    return this.#given;
  }

  /** The classifier at work, or null when none is loaded. */
  get current(): Classifier | null {
    return this.#given ?? this.#loaded;
  }

  /** Takes a classifier of the page's, which stays the page's to dispose; null goes back to an own one. */
  give(classifier: Classifier | null): void {
    if (classifier) this.drop();
    this.#given = classifier;
  }

  /** Loads once, however often it is asked; after a failure it tries again. */
  get(): Promise<Classifier> {
    if (this.#given) return Promise.resolve(this.#given);
    this.#own ??= this.#load();
    return this.#own.promise;
  }

  /** Gives up an own classifier, loaded or loading. */
  drop(): void {
    const own = this.#own;
    this.#own = undefined;
    this.#loaded = null;
    own?.abort.abort();
    own?.promise.then(
      (classifier) => classifier.dispose(),
      () => {}, // whoever asked for it has heard of it
    );
  }

  #load(): { promise: Promise<Classifier>; abort: AbortController } {
    const abort = new AbortController();
    const promise = createClassifier({ ...this.options(), signal: abort.signal }).then(
      (classifier) => {
        if (this.#own?.promise === promise) this.#loaded = classifier;
        return classifier;
      },
      (error: unknown) => {
        if (this.#own?.promise === promise) this.#own = undefined;
        throw error;
      },
    );
    return { promise, abort };
  }
}

/** `promise`, unless `signal` aborts before it settles: then the code is `aborted`. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(new ShiwuError('aborted', '', { cause: signal.reason }));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
