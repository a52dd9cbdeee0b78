/** One model, loaded once, and the workers that run it. Classifiers that ask for the same share one. */
import type { Asset, Assets } from '../assets/locate.js';
import { ShiwuError } from '../errors.js';
import type { Platform } from '../platform/platform.js';
import type { Parcel } from '../sources/payload.js';
import type {
  Backend,
  Classification,
  ClassifierInfo,
  ClassifierOptions,
  LoadProgress,
} from '../types.js';
import type { EngineParts, Loaded } from '../worker/protocol.js';
import { throwIfAborted } from './abort.js';
import { WorkerClient } from './client.js';
import { type JobOptions, Pool } from './pool.js';
import { disagreement } from './self-check.js';

/** What a host is made from: equal wishes are answered by one host. */
export interface HostOptions {
  readonly assetBase: string | undefined;
  /** A URL, the bytes, or undefined for the bundled model. */
  readonly model: string | Blob | undefined;
  readonly labels: ClassifierOptions['labels'];
  readonly manifest: ClassifierOptions['manifest'];
  readonly backend: Backend | 'auto';
  readonly threads: number;
  readonly cache: boolean;
  readonly idleTimeout: number;
}

export interface HostEvents {
  onProgress(progress: LoadProgress): void;
  onWarning(message: string): void;
}

/** Runs whose median is a backend's time in the self-check; the GPU compiles shaders in its first. */
const PROBE_RUNS = 5;
/** Workers that feed one GPU: one decodes while the other's picture is being looked at. */
const GPU_WORKERS = 2;

export class Host {
  /** Finishes what it has; wasm's, where WebGPU has taken over. */
  #former: Pool | undefined;

  private constructor(
    private readonly platform: Platform,
    private readonly options: HostOptions,
    private readonly events: HostEvents,
    private readonly assets: Assets,
    private readonly parts: EngineParts,
    private pool: Pool,
    private present: ClassifierInfo,
  ) {}

  /** Loads everything, with `wasm` first whatever the wish: WebGPU has to prove itself against it. */
  static async open(
    platform: Platform,
    options: HostOptions,
    events: HostEvents,
    signal: AbortSignal,
  ): Promise<Host> {
    const assets = platform.locate(options.assetBase);
    const { parts, progress } = await loadParts(platform, assets, options, events, signal);
    throwIfAborted(signal);
    const { client, loaded } = await startFirst(platform, options, events, parts);
    if (signal.aborted) client.stop(new ShiwuError('aborted'));
    throwIfAborted(signal);
    for (const warning of loaded.warnings) events.onWarning(warning);
    const { threads } = loaded.info;
    const pool = new Pool({
      start: async (wanted) => (await start(platform, options, parts, wanted)).client,
      threads,
      idleTimeout: options.idleTimeout,
      most: Number.POSITIVE_INFINITY,
    });
    pool.adopt(client, threads);
    const host = new Host(platform, options, events, assets, parts, pool, loaded.info);
    if (options.backend === 'webgpu') await host.#tryWebGpu(client, signal);
    if (options.backend === 'auto') void host.#tryWebGpu(client, signal);
    events.onProgress({ ...progress, stage: 'ready' });
    return host;
  }

  get info(): ClassifierInfo {
    return this.present;
  }

  classify(parcel: Parcel, job: JobOptions): Promise<Classification> {
    return this.pool.classify(parcel, job);
  }

  stop(reason: ShiwuError): void {
    this.#former?.stop(reason);
    this.pool.stop(reason);
  }

  /** Changes to WebGPU when it gives wasm's answers, faster; else says why not and stays. */
  async #tryWebGpu(wasm: WorkerClient, signal: AbortSignal): Promise<void> {
    const { platform, options, assets } = this;
    let gpu: WorkerClient | undefined;
    try {
      if (!(await platform.hasWebGpu())) throw new Error('the browser offers no GPU');
      const ours = await wasm.probe(PROBE_RUNS);
      const [bytes] = await platform.load([assets.webgpuRuntime], {
        cache: options.cache,
        signal,
        onBytes: () => {},
      });
      const module = await compile(bytes as BufferSource);
      const runtime = { ...this.parts.runtime, backend: 'webgpu' as const, module };
      const parts = { ...this.parts, runtime };
      const first = await start(platform, options, parts, 1);
      gpu = first.client;
      const theirs = await gpu.probe(PROBE_RUNS);
      throwIfAborted(signal);
      const wrong = disagreement(ours.scores, theirs.scores);
      if (wrong) throw new Error(`its answers differ from wasm's: ${wrong}`);
      if (theirs.ms >= ours.ms) {
        throw new Error(
          `it takes ${theirs.ms.toFixed(0)} ms where wasm takes ${ours.ms.toFixed(0)}`,
        );
      }
      const pool = new Pool({
        start: async () => (await start(platform, options, parts, 1)).client,
        threads: 1,
        idleTimeout: options.idleTimeout,
        most: GPU_WORKERS,
      });
      pool.adopt(gpu, 1);
      this.#former = this.pool;
      this.#former.retire();
      this.pool = pool;
      this.present = first.loaded.info;
    } catch (error) {
      gpu?.stop(new ShiwuError('disposed'));
      if (!signal.aborted) this.events.onWarning(`WebGPU is not used: ${String(error)}`);
    }
  }
}

async function loadParts(
  platform: Platform,
  assets: Assets,
  { model, labels, manifest, cache }: HostOptions,
  { onProgress }: HostEvents,
  signal: AbortSignal,
): Promise<{ parts: EngineParts; progress: { loaded: number; total: number } }> {
  const files: Asset[] = [assets.core, assets.runtime];
  if (model === undefined) files.push(assets.model);
  else if (typeof model === 'string') files.push(ownModel(model));
  let progress = { loaded: 0, total: 0 };
  const [core, runtime, modelBytes] = await platform.load(files, {
    cache,
    signal,
    onBytes: (loaded, total) => {
      progress = { loaded, total };
      onProgress({ ...progress, stage: 'download' });
    },
  });
  onProgress({ ...progress, stage: 'compile' });
  const [coreModule, runtimeModule] = await Promise.all([
    compile(core as BufferSource),
    compile(runtime as BufferSource),
  ]);
  const parts: EngineParts = {
    core: coreModule,
    runtime: {
      backend: 'wasm',
      module: runtimeModule,
      threads: 1,
      threadsGlue: assets.threadsGlue,
    },
    model: {
      // A Blob is read by each worker itself, and the browser may keep it outside of memory.
      file: model instanceof Blob ? model : new Blob([modelBytes as BlobPart]),
      labels,
      manifest,
    },
  };
  return { parts, progress };
}

function ownModel(url: string): Asset {
  return { name: 'model', url, bytes: 0, sha256: undefined };
}

async function compile(bytes: BufferSource): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    // The bytes are the published ones: it is the browser, or a policy, that refuses them.
    throw new ShiwuError('unsupported-environment', String(cause), { cause });
  }
}

async function start(
  platform: Platform,
  { assetBase }: HostOptions,
  parts: EngineParts,
  threads: number,
): Promise<{ client: WorkerClient; loaded: Loaded }> {
  const { runtime } = parts;
  const client = new WorkerClient((events) =>
    platform.startWorker(runtime.backend, assetBase, events),
  );
  try {
    const loaded = await client.load({ ...parts, runtime: { ...runtime, threads } });
    return { client, loaded };
  } catch (error) {
    client.stop(new ShiwuError('disposed'));
    throw error;
  }
}

/** The first worker: with one thread where several are refused. */
async function startFirst(
  platform: Platform,
  options: HostOptions,
  { onWarning }: HostEvents,
  parts: EngineParts,
): Promise<{ client: WorkerClient; loaded: Loaded }> {
  const { threads } = options;
  if (threads === 1) return start(platform, options, parts, 1);
  try {
    return await start(platform, options, parts, threads);
  } catch (error) {
    const started = await start(platform, options, parts, 1);
    onWarning(`One thread instead of ${threads}: ${String(error)}`);
    return started;
  }
}
