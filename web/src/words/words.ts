/** The table of words, fetched when it is first asked for; answers wait for it, but not for long. */
import type { Asset } from '../assets/locate.js';
import type { Platform } from '../platform/platform.js';
import { WordTable } from './table.js';

/** Milliseconds from the fetch's start until answers no longer wait for it. */
const PATIENCE = 3000;
/** Milliseconds after a failure in which no answer has it fetched again. */
const REST = 60_000;

export interface WordsOptions {
  readonly platform: Platform;
  readonly assetBase: string | undefined;
  readonly cache: boolean;
  readonly onWarning: (message: string) => void;
}

interface Loading {
  readonly table: Promise<WordTable>;
  readonly startedAt: number;
}

/** What is there or on its way, by address: one table for all classifiers of a page. */
const tables = new Map<string, Loading>();

export class Words {
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: WordsOptions) {}

  /** Rejects with `network`, `not-found`, `truncated-download` or `tampered-download`; the next call tries again. */
  load(): Promise<WordTable> {
    return this.#loading().table;
  }

  /** Begins to fetch. What it returns waits, never rejects, and gives undefined where there is no table in time. */
  forAnswer(): () => Promise<WordTable | undefined> {
    if (performance.now() - this.#failedAt < REST) return async () => undefined;
    const { table, startedAt } = this.#loading();
    const found = table.catch((error: unknown) => {
      // Of many answers that wait for it, one says so.
      if (this.#failedAt < startedAt) this.options.onWarning(`no further names: ${String(error)}`);
      this.#failedAt = performance.now();
      return undefined;
    });
    return () => within(startedAt + PATIENCE - performance.now(), found);
  }

  #loading(): Loading {
    const { platform, assetBase } = this.options;
    const asset = platform.locate(assetBase).words;
    const known = tables.get(asset.url);
    if (known) return known;
    const loading = { table: this.#fetch(asset), startedAt: performance.now() };
    tables.set(asset.url, loading);
    loading.table.catch(() => tables.delete(asset.url));
    return loading;
  }

  async #fetch(asset: Asset): Promise<WordTable> {
    const { platform, cache } = this.options;
    // Whoever gives up waits no longer, and others may want it.
    const { signal } = new AbortController();
    const [bytes] = await platform.load([asset], { cache, signal, onBytes: () => {} });
    return new WordTable(bytes as Uint8Array);
  }
}

/** What is there already is given however little time is left. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(0, ms));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
