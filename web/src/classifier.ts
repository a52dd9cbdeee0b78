/** The page's side: a worker behind promises. */
import { ShiwuError } from './errors.js';
import { pack } from './sources/payload.js';
import type {
  Classification,
  Classifier,
  ClassifierInfo,
  ClassifierOptions,
  ClassifyOptions,
  ImageInput,
} from './types.js';
import { WorkerClient } from './worker/client.js';
import { type ClassifySettings, now } from './worker/protocol.js';

/** About the largest photo that a phone's memory can take: 400 MB as RGBA. */
const DEFAULT_MAX_PIXELS = 100_000_000;
const DEFAULT_TOP_K = 5;

/**
 * Loads the runtime and a model in a worker of its own.
 *
 * Rejects with a {@link ShiwuError}: `network` (a file did not arrive; call again to retry),
 * `invalid-model`, `unpacked-model` (no manifest or labels in it), `model-mismatch`,
 * `invalid-labels`, `unsupported-environment`, `out-of-memory`.
 */
export async function createClassifier(options: ClassifierOptions = {}): Promise<Classifier> {
  checkEnvironment();
  const maxPixels = options.maxPixels ?? DEFAULT_MAX_PIXELS;
  if (!(maxPixels >= 1)) throw new ShiwuError('invalid-argument', `maxPixels ${maxPixels}`);
  const classifier = new WorkerClassifier(options, maxPixels);
  await classifier.load();
  return classifier;
}

class WorkerClassifier implements Classifier {
  #client: WorkerClient | undefined;
  #info: ClassifierInfo | undefined;
  #loading: Promise<WorkerClient> | undefined;
  #disposed = false;

  constructor(
    private readonly options: ClassifierOptions,
    private readonly maxPixels: number,
  ) {}

  get info(): ClassifierInfo {
    if (!this.#info) throw new ShiwuError('disposed', 'not loaded');
    return this.#info;
  }

  /** A living worker with the model in it: the present one, or after a crash a new one. */
  load(): Promise<WorkerClient> {
    if (this.#client?.alive) return Promise.resolve(this.#client);
    this.#loading ??= this.#start().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async classify(input: ImageInput, options: ClassifyOptions = {}): Promise<Classification> {
    const askedAt = now();
    const { signal } = options;
    throwIfAborted(signal);
    const settings = this.#settings(options);
    const [client, parcel] = await Promise.all([this.load(), pack(input)]);
    throwIfAborted(signal);
    return client.classify(parcel, settings, askedAt, signal);
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#client?.stop(new ShiwuError('disposed'));
    this.#client = undefined;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #start(): Promise<WorkerClient> {
    if (this.#disposed) throw new ShiwuError('disposed');
    const { assetBase, model, onProgress } = this.options;
    const base = assetBase === undefined ? undefined : new URL(assetBase, location.href);
    const client = new WorkerClient(base);
    try {
      this.#info = await client.load(base, model, onProgress);
    } catch (error) {
      client.stop(new ShiwuError('disposed'));
      throw error;
    }
    if (this.#disposed) {
      client.stop(new ShiwuError('disposed'));
      throw new ShiwuError('disposed');
    }
    this.#client = client;
    return client;
  }

  #settings(options: ClassifyOptions): ClassifySettings {
    const {
      topK = DEFAULT_TOP_K,
      threshold = null,
      allow = [],
      deny = [],
      features = false,
    } = options;
    if (!Number.isInteger(topK) || topK < 1) {
      throw new ShiwuError('invalid-argument', `topK ${topK}`);
    }
    if (threshold !== null && !(threshold >= 0 && threshold <= 1)) {
      throw new ShiwuError('invalid-argument', `threshold ${threshold}`);
    }
    return { topK, threshold, allow, deny, features, maxPixels: this.maxPixels };
  }
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new ShiwuError('aborted', '', { cause: signal.reason });
}

/** The smallest module that uses SIMD: (func (result v128) i32.const 0 i8x16.splat). */
const SIMD_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15,
  11,
]);

function checkEnvironment(): void {
  const missing =
    typeof Worker === 'undefined'
      ? 'Worker'
      : typeof WebAssembly === 'undefined' || !WebAssembly.validate(SIMD_PROBE)
        ? 'WebAssembly SIMD'
        : typeof OffscreenCanvas === 'undefined'
          ? 'OffscreenCanvas'
          : undefined;
  if (missing) throw new ShiwuError('unsupported-environment', missing);
}
