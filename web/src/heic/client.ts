/** The page's end of the decoder's worker: started when first needed, ended when long unused. */
import { ShiwuError } from '../errors.js';
import { type OpenedWorker, openWorker } from '../platform/browser/open-worker.js';
import type { HeicPixels } from './libheif.js';
import type { HeicReply, HeicRequest } from './protocol.js';

/** libheif's memory is worth giving back, and a start costs about 0.1 s. */
const IDLE_MS = 30_000;

interface Waiting {
  readonly resolve: (pixels: HeicPixels) => void;
  readonly reject: (error: unknown) => void;
}

export class HeicClient {
  readonly #waiting = new Map<number, Waiting>();
  #worker: OpenedWorker | undefined;
  #idle: ReturnType<typeof setTimeout> | undefined;
  #nextId = 1;
  /** The library is there: it has answered. */
  #works = false;

  constructor(private readonly startWorker: () => Worker) {}

  async decode(
    request: Omit<HeicRequest, 'id'>,
    signal: AbortSignal | undefined,
  ): Promise<HeicPixels> {
    if (signal?.aborted) throw aborted(signal);
    clearTimeout(this.#idle);
    const worker = this.#start();
    const id = this.#nextId++;
    // A copy of just these bytes: the view may be of a larger buffer, and the caller keeps it.
    const file = request.file.slice();
    const answer = new Promise<HeicPixels>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.post({ ...request, file, id } satisfies HeicRequest, [file.buffer]);
    });
    const abort = () => {
      this.#waiting.get(id)?.reject(aborted(signal));
      this.#waiting.delete(id);
      // A picture takes up to seconds to decode; what nobody waits for need not be finished.
      if (this.#waiting.size === 0) this.#stop();
    };
    signal?.addEventListener('abort', abort, { once: true });
    try {
      return await answer;
    } finally {
      signal?.removeEventListener('abort', abort);
      if (this.#worker && this.#waiting.size === 0) {
        this.#idle = setTimeout(() => this.#stop(), IDLE_MS);
      }
    }
  }

  #start(): OpenedWorker {
    // A name of its own: where a policy lists names, each may be made only once.
    this.#worker ??= openWorker<HeicReply>(this.startWorker, 'shiwu-heic', {
      onReply: (reply) => {
        this.#works ||= reply.error?.code !== 'needs-decoder';
        this.#receive(reply);
      },
      onCrash: (error) => this.#fail(this.#works ? error : asMissing(error)),
      onUnsent: (message, cause) => {
        const error = { code: 'unreadable-input', detail: String(cause) } as const;
        this.#receive({ id: (message as HeicRequest).id, error });
      },
    });
    return this.#worker;
  }

  #receive({ id, pixels, error }: HeicReply): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) waiting?.reject(new ShiwuError(error.code, error.detail));
    else waiting?.resolve(pixels);
  }

  #fail(reason: ShiwuError): void {
    this.#stop();
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(reason);
  }

  #stop(): void {
    clearTimeout(this.#idle);
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#works = false;
  }
}

/** A worker that has the library inside does not start without it. */
function asMissing(error: ShiwuError): ShiwuError {
  if (error.code === 'blocked-by-policy') return error;
  const hint = 'without a bundler, say where it is: heicDecoder({ url })';
  const reason = `libheif-js did not load: ${error.detail}; ${hint}`;
  return new ShiwuError('needs-decoder', reason, { cause: error });
}

function aborted(signal: AbortSignal | undefined): ShiwuError {
  return new ShiwuError('aborted', '', { cause: signal?.reason });
}
