/** Talks to one worker. Requests carry ids; a dead worker rejects everything that waited. */
import { ShiwuError } from '../errors.js';
import type { Parcel } from '../sources/payload.js';
import type { Classification, ClassifierInfo, ClassifierOptions, LoadProgress } from '../types.js';
import type { ClassifySettings, Response as Reply, Request } from './protocol.js';

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
}

export class WorkerClient {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #alive = true;

  constructor(assetBase: URL | undefined) {
    this.#worker =
      assetBase === undefined
        ? // Bundlers look for exactly this expression.
          new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'shiwu' })
        : new Worker(new URL('worker.js', assetBase), { type: 'module', name: 'shiwu' });
    this.#worker.onmessage = ({ data }: MessageEvent<Reply>) => this.#receive(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.stop(new ShiwuError('worker-crashed', event.message ?? 'the script did not load'));
    };
    this.#worker.onmessageerror = () => this.stop(new ShiwuError('worker-crashed', 'bad message'));
  }

  get alive(): boolean {
    return this.#alive;
  }

  async load(
    assetBase: URL | undefined,
    model: ClassifierOptions['model'],
    onProgress: ((progress: LoadProgress) => void) | undefined,
  ): Promise<ClassifierInfo> {
    const reply = await this.#ask(
      (id) => ({ type: 'load', id, assetBase: assetBase?.href, model: sendable(model) }),
      [],
      undefined,
      onProgress,
    );
    return (reply as Extract<Reply, { type: 'loaded' }>).info;
  }

  async classify(
    { payload, transfer }: Parcel,
    settings: ClassifySettings,
    askedAt: number,
    signal: AbortSignal | undefined,
  ): Promise<Classification> {
    const reply = await this.#ask(
      (id) => ({ type: 'classify', id, payload, settings, askedAt }),
      transfer,
      signal,
    );
    return (reply as Extract<Reply, { type: 'classified' }>).result;
  }

  /** Ends the worker; what still waits rejects with `reason`. */
  stop(reason: ShiwuError): void {
    this.#alive = false;
    this.#worker.terminate();
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(reason);
  }

  #ask(
    make: (id: number) => Request,
    transfer: Transferable[],
    signal?: AbortSignal,
    onProgress?: (progress: LoadProgress) => void,
  ): Promise<Reply> {
    if (!this.#alive) return Promise.reject(new ShiwuError('worker-crashed'));
    const id = this.#nextId++;
    const answer = new Promise<Reply>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, onProgress });
      this.#worker.postMessage(make(id), transfer);
    });
    if (!signal) return answer;
    const abort = () => {
      // Rejected at once; the worker gives up at its next arrow and its reply finds nobody.
      this.#waiting.get(id)?.reject(new ShiwuError('aborted', '', { cause: signal.reason }));
      this.#waiting.delete(id);
      this.#worker.postMessage({ type: 'cancel', id } satisfies Request);
    };
    signal.addEventListener('abort', abort, { once: true });
    return answer.finally(() => signal.removeEventListener('abort', abort));
  }

  #receive(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    if (!waiting) return;
    if (reply.type === 'progress') {
      waiting.onProgress?.(reply.progress);
      return;
    }
    this.#waiting.delete(reply.id);
    if (reply.type === 'failed') {
      waiting.reject(new ShiwuError(reply.error.code, reply.error.detail));
    } else {
      waiting.resolve(reply);
    }
  }
}

/** What structured cloning can carry; relative URLs are resolved here, where the page is. */
function sendable(model: ClassifierOptions['model']): string | Blob | ArrayBuffer | undefined {
  if (typeof model === 'string') return new URL(model, location.href).href;
  if (model instanceof URL) return model.href;
  if (model instanceof Uint8Array) return Uint8Array.from(model).buffer;
  return model;
}
