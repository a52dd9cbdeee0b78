/** One file over the network: real bytes as progress, retries, resumption. */
import { ShiwuError } from '../errors.js';
import { Patience } from './patience.js';
import { isPacked, join } from './unpack.js';

/** How a server tells one version of a file from another. */
export interface Validators {
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
}

export interface Downloaded extends Validators {
  /** As they arrived: what the host unpacked on the way is plain. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface DownloadOptions {
  readonly signal?: AbortSignal | undefined;
  /** `total` is 0 where the server does not say; `packed`: what arrives is a gzip file. */
  readonly onBytes?: (received: number, total: number, packed: boolean) => void;
  /** Goes past the browser's HTTP cache. */
  readonly fresh?: boolean;
  /** The version at hand: when the server still has the same, `download` resolves to undefined. */
  readonly known?: Validators | undefined;
  /** Milliseconds before each further try. */
  readonly backoff?: readonly number[];
  /** Milliseconds without a byte after which a try is given up. */
  readonly patience?: number;
}

const BACKOFF = [300, 1000, 3000];
/** Milliseconds without a byte after which a server is given up. */
export const PATIENCE = 15_000;

/**
 * Rejects with `not-found` (HTTP 403, 404, 410), `network` (no or another answer),
 * `truncated-download` (the connection broke off each time) or `aborted`.
 */
export async function download(
  url: string,
  options: DownloadOptions = {},
): Promise<Downloaded | undefined> {
  const { signal, backoff = BACKOFF } = options;
  const transfer = new Transfer(url, options);
  for (let tries = 0; ; tries++) {
    throwIfAborted(signal);
    try {
      return await transfer.try();
    } catch (error) {
      throwIfAborted(signal);
      if (!(error instanceof Passing)) throw error;
      const delay = backoff[tries];
      if (delay === undefined) throw error.reason;
      // Between half and all of it, so that many visitors do not come back at the same moment.
      await pause(delay * (1 - Math.random() / 2), signal);
    }
  }
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new ShiwuError('aborted', '', { cause: signal.reason });
}

/** A failure that another try may heal. */
class Passing extends Error {
  constructor(readonly reason: ShiwuError) {
    super(reason.message);
  }
}

class Transfer {
  readonly #url: string;
  readonly #name: string;
  readonly #options: DownloadOptions;
  #chunks: Uint8Array[] = [];
  #received = 0;
  #total = 0;
  #validators: Validators = { etag: undefined, lastModified: undefined };
  /** The validator under which the rest of the file can be asked for. */
  #resumable: string | undefined;

  constructor(url: string, options: DownloadOptions) {
    this.#url = url;
    this.#name = new URL(url).pathname.split('/').pop() || url;
    this.#options = options;
  }

  async try(): Promise<Downloaded | undefined> {
    const { signal, known, patience = PATIENCE } = this.#options;
    const attempt = new Patience(patience, signal);
    let reading = false;
    try {
      const response = await fetch(this.#url, this.#request(attempt.signal));
      const validators = validatorsOf(response);
      if (known && (response.status === 304 || same(known, validators))) return undefined;
      this.#accept(response, validators);
      reading = true;
      for (const reader = response.body?.getReader(); reader; ) {
        attempt.heard();
        const { done, value } = await reader.read();
        if (done) break;
        this.#take(value);
      }
      return { bytes: join(this.#chunks), ...this.#validators };
    } catch (cause) {
      if (cause instanceof Passing || cause instanceof ShiwuError) throw cause;
      const size = this.#total ? `${this.#received} of ${this.#total}` : this.#received;
      throw new Passing(
        attempt.spent
          ? this.#error('network', `no byte for ${patience / 1000} s`, cause)
          : reading
            ? this.#error('truncated-download', `${size} bytes`, cause)
            : this.#error('network', String(cause), cause),
      );
    } finally {
      attempt.end();
    }
  }

  #request(signal: AbortSignal): RequestInit {
    if (this.#resumable !== undefined) {
      return {
        signal,
        cache: 'no-store',
        headers: { Range: `bytes=${this.#received}-`, 'If-Range': this.#resumable },
      };
    }
    const { fresh, known } = this.#options;
    const headers: Record<string, string> = {};
    // Another origin would be asked for leave first; there, the answers' headers are compared.
    if (known && new URL(this.#url).origin === globalThis.location?.origin) {
      if (known.etag) headers['If-None-Match'] = known.etag;
      if (known.lastModified) headers['If-Modified-Since'] = known.lastModified;
    }
    return { signal, headers, cache: fresh ? 'reload' : known ? 'no-cache' : 'default' };
  }

  /** Throws unless the answer brings the file, from its start or from where the last try ended. */
  #accept(response: Response, validators: Validators): void {
    const { status, headers } = response;
    const resumes =
      status === 206 && headers.get('content-range')?.startsWith(`bytes ${this.#received}-`);
    if (resumes) return;
    this.#chunks = [];
    this.#received = 0;
    this.#resumable = undefined;
    if (status === 404 || status === 403 || status === 410) {
      throw this.#error('not-found', `HTTP ${status}`);
    }
    if (status !== 200) {
      const error = this.#error('network', `HTTP ${status}`);
      // 206 and 416: the file is another one by now.
      const passing = status >= 500 || status === 429 || status === 206 || status === 416;
      throw passing ? new Passing(error) : error;
    }
    this.#validators = validators;
    // With a Content-Encoding, lengths and ranges count other bytes than fetch hands out.
    const encoded = headers.has('content-encoding');
    this.#total = encoded ? 0 : Number(headers.get('content-length') ?? 0);
    // Another origin hides what is needed here, and would have to allow If-Range.
    if (response.type !== 'cors' && !encoded && headers.get('accept-ranges') === 'bytes') {
      const { etag, lastModified } = validators;
      this.#resumable = etag && !etag.startsWith('W/') ? etag : lastModified;
    }
  }

  #take(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#received += chunk.length;
    const total = this.#total && Math.max(this.#total, this.#received);
    this.#options.onBytes?.(this.#received, total, isPacked(this.#chunks[0] ?? chunk));
  }

  #error(code: ShiwuError['code'], detail: string, cause?: unknown): ShiwuError {
    return new ShiwuError(code, `${this.#name}: ${detail}`, { cause });
  }
}

function validatorsOf({ headers }: Response): Validators {
  return {
    etag: headers.get('etag') ?? undefined,
    lastModified: headers.get('last-modified') ?? undefined,
  };
}

function same(a: Validators, b: Validators): boolean {
  if (a.etag !== undefined && b.etag !== undefined) return a.etag === b.etag;
  return a.lastModified !== undefined && a.lastModified === b.lastModified;
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
}
