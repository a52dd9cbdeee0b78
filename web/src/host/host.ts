/** One model, loaded once, and the workers that run it. Classifiers that ask for the same share one. */
import { sha256Of } from '../assets/check.js';
import { type Asset, type Assets, isHeld } from '../assets/locate.js';
import { unpack } from '../assets/unpack.js';
import { ShiwuError } from '../errors.js';
import { type DataFile, externalFiles, findFile } from '../model/onnx/weights.js';
import type { Platform, WorkerKind } from '../platform/platform.js';
import { readBlob } from '../sources/blob.js';
import type { Parcel } from '../sources/payload.js';
import type {
  Backend,
  Classification,
  ClassifierInfo,
  ClassifierOptions,
  EngineName,
  Found,
  LoadProgress,
} from '../types.js';
import type { EngineParts, Loaded, OrtParts, Probed, RuntimeParts } from '../worker/protocol.js';
import { throwIfAborted } from './abort.js';
import { WorkerClient } from './client.js';
import { type JobOptions, Pool } from './pool.js';
import { apart, disagreement } from './self-check.js';

/** What a host is made from: equal wishes are answered by one host. */
export interface HostOptions {
  readonly assetBase: string | undefined;
  /** A URL, the bytes, or undefined for the bundled model. */
  readonly model: string | Blob | undefined;
  /** Files with weights beside the model, by URL or as bytes. */
  readonly externalData: readonly { readonly path: string; readonly data: string | Blob }[];
  readonly labels: ClassifierOptions['labels'];
  readonly manifest: ClassifierOptions['manifest'];
  readonly engine: EngineName | 'auto';
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
const PROBE_RUNS = 3;
/** Our engine's code is compiled once more while it runs the first times, and only then at its best. */
const OWN_PROBE_RUNS = 8;
/** Workers that feed one GPU: one decodes while the other's picture is being looked at. */
const GPU_WORKERS = 2;

export class Host {
  /** Finishes what it has; that of whatever was here before. */
  #former: Pool | undefined;

  private constructor(
    private readonly platform: Platform,
    private readonly options: HostOptions,
    private readonly events: HostEvents,
    private readonly loading: Loading,
    private parts: EngineParts,
    private pool: Pool,
    private present: ClassifierInfo,
  ) {}

  /**
   * Loads what is needed. Whatever else is wished for has to prove itself against what then runs: WebGPU
   * always, our own engine where nobody has held it to ONNX Runtime's answers for this model.
   */
  static async open(
    platform: Platform,
    options: HostOptions,
    events: HostEvents,
    signal: AbortSignal,
  ): Promise<Host> {
    const loading = new Loading(platform, options, events, signal);
    // Its script comes while the model does.
    const early = loading.endsWithOwnEngine ? connect(platform, options, 'shiwu') : undefined;
    try {
      return await Host.#open(platform, options, events, signal, loading, early);
    } catch (error) {
      early?.stop(new ShiwuError('disposed'));
      throw error;
    }
  }

  static async #open(
    platform: Platform,
    options: HostOptions,
    events: HostEvents,
    signal: AbortSignal,
    loading: Loading,
    early: WorkerClient | undefined,
  ): Promise<Host> {
    const { core, model, bytes, sha256 } = await loading.coreAndModel((ready) =>
      early?.prepare(ready),
    );
    const { engine } = options;
    const held = engine === 'auto' && isHeld(sha256);
    let parts: EngineParts = { core, model, runtime: { engine: 'shiwu' } };
    let reason = engine === 'auto' ? 'held to ONNX Runtime' : 'asked for';
    let first: Started | undefined;
    if (engine === 'shiwu' || held) {
      try {
        first = await start(platform, options, parts, 1, { client: early, bytes });
      } catch (error) {
        if (!held || !isUnsupported(error)) throw error;
        reason = error.detail;
        events.onWarning(`ONNX Runtime instead of shiwu's own engine: ${reason}`);
      }
    } else if (engine === 'auto') {
      reason = 'not yet held to ONNX Runtime';
    }
    if (!first) {
      parts = { core, model, runtime: await loading.runtime() };
      throwIfAborted(signal);
      first = await startFirst(platform, options, events, parts);
    }
    const { client, loaded } = first;
    if (signal.aborted) client.stop(new ShiwuError('aborted'));
    throwIfAborted(signal);
    for (const warning of loaded.warnings) events.onWarning(warning);
    const { threads } = loaded.info;
    const pool = makePool(platform, options, parts, threads, Number.POSITIVE_INFINITY);
    pool.adopt(client, threads);
    const info = { ...loaded.info, engineReason: reason };
    const host = new Host(platform, options, events, loading, parts, pool, info);
    if (options.backend === 'webgpu') await host.#tryWebGpu(signal);
    else void host.#tryOthers(signal);
    loading.done();
    return host;
  }

  get info(): ClassifierInfo {
    return this.present;
  }

  classify(parcel: Parcel, job: JobOptions): Promise<Classification> {
    return this.#watched((pool) => pool.classify(parcel, job));
  }

  find(parcel: Parcel, job: Pick<JobOptions, 'settings' | 'signal'>): Promise<Found> {
    return this.#watched((pool) => pool.find(parcel, job));
  }

  /** What needs a worker and no picture. */
  ask<T>(work: (client: WorkerClient) => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#watched((pool) => pool.ask(work, signal));
  }

  /** A GPU that fails once, as one does that was lost, is not used again. */
  async #watched<T>(work: (pool: Pool) => Promise<T>): Promise<T> {
    const { pool } = this;
    try {
      return await work(pool);
    } catch (error) {
      if (pool === this.pool && isGpuFailure(error)) this.#leaveGpu(error);
      throw error;
    }
  }

  stop(reason: ShiwuError): void {
    this.#former?.stop(reason);
    this.pool.stop(reason);
  }

  /** In a quiet moment: our own engine for a model that nobody has tried on it, then WebGPU. */
  async #tryOthers(signal: AbortSignal): Promise<void> {
    const { engine, backend } = this.options;
    if (engine === 'auto' && this.present.engine === 'ort') await this.#tryOwnEngine(signal);
    if (backend === 'auto') await this.#tryWebGpu(signal);
  }

  /** Takes its turn among the pictures: a worker that is given up for one of them takes no probe with it. */
  #probe(signal: AbortSignal): Promise<Probed> {
    return this.pool.ask((client) => client.probe(PROBE_RUNS), signal);
  }

  /** Changes to our own engine when it gives ONNX Runtime's answers, sooner; else stays, and `info` says why. */
  async #tryOwnEngine(signal: AbortSignal): Promise<void> {
    const parts: EngineParts = { ...this.parts, runtime: { engine: 'shiwu' } };
    let own: WorkerClient | undefined;
    try {
      const first = await start(this.platform, this.options, parts, 1);
      own = first.client;
      const [theirs, ours] = [await this.#probe(signal), await own.probe(OWN_PROBE_RUNS)];
      throwIfAborted(signal);
      for (const [i, { logits }] of theirs.answers.entries()) {
        const wrong = apart(logits, ours.answers[i]?.logits ?? new Float32Array());
        if (wrong) throw new Error(`its answers differ from ONNX Runtime's: ${wrong}`);
      }
      if (ours.ms >= theirs.ms) {
        throw new Error(
          `it takes ${ours.ms.toFixed(0)} ms where ONNX Runtime takes ${theirs.ms.toFixed(0)}`,
        );
      }
      const pool = makePool(this.platform, this.options, parts, 1, Number.POSITIVE_INFINITY);
      const engineReason = "gave ONNX Runtime's answers, sooner";
      this.#change(pool, own, parts, { ...first.loaded.info, engineReason });
    } catch (error) {
      own?.stop(new ShiwuError('disposed'));
      const engineReason = isUnsupported(error) ? error.detail : String(error);
      this.present = { ...this.present, engineReason };
    }
  }

  /** Changes to WebGPU when it gives the answers of what runs, faster; else says why not and stays. */
  async #tryWebGpu(signal: AbortSignal): Promise<void> {
    const { platform, options } = this;
    let gpu: WorkerClient | undefined;
    try {
      if (!(await platform.hasWebGpu())) throw new Error('the browser offers no GPU');
      const ours = await this.#probe(signal);
      const parts = { ...this.parts, runtime: await this.loading.webGpuRuntime() };
      const first = await start(platform, options, parts, 1);
      gpu = first.client;
      const theirs = await gpu.probe(PROBE_RUNS);
      throwIfAborted(signal);
      for (const [i, { scores }] of ours.answers.entries()) {
        const wrong = disagreement(scores, theirs.answers[i]?.scores ?? new Float32Array());
        if (wrong) throw new Error(`its answers differ from wasm's: ${wrong}`);
      }
      if (theirs.ms >= ours.ms) {
        throw new Error(
          `it takes ${theirs.ms.toFixed(0)} ms where wasm takes ${ours.ms.toFixed(0)}`,
        );
      }
      const engineReason = "WebGPU gave wasm's answers, sooner";
      const pool = makePool(platform, options, parts, 1, GPU_WORKERS);
      this.#withoutGpu = { parts: this.parts, info: this.present };
      this.#change(pool, gpu, parts, { ...first.loaded.info, engineReason });
    } catch (error) {
      gpu?.stop(new ShiwuError('disposed'));
      if (!signal.aborted) this.events.onWarning(`WebGPU is not used: ${String(error)}`);
    }
  }

  /** What ran before WebGPU did. */
  #withoutGpu: { readonly parts: EngineParts; readonly info: ClassifierInfo } | undefined;

  #leaveGpu(failure: unknown): void {
    if (!this.#withoutGpu) return;
    const { parts, info } = this.#withoutGpu;
    this.#withoutGpu = undefined;
    const { platform, options } = this;
    const pool = makePool(platform, options, parts, info.threads, Number.POSITIVE_INFINITY);
    const engineReason = `WebGPU failed: ${String(failure)}`;
    this.#change(pool, undefined, parts, { ...info, engineReason });
    this.events.onWarning(`WebGPU is not used any more: ${String(failure)}`);
  }

  /** What waits in the pool so far is still answered there. */
  #change(
    pool: Pool,
    client: WorkerClient | undefined,
    parts: EngineParts,
    info: ClassifierInfo,
  ): void {
    if (client) pool.adopt(client, 1);
    this.#former = this.pool;
    this.#former.retire();
    this.pool = pool;
    this.parts = parts;
    this.present = info;
  }
}

interface Started {
  readonly client: WorkerClient;
  readonly loaded: Loaded;
}

/** On what works a GPU may fail in each of these ways, and on what does not, wasm says so as well. */
function isGpuFailure(error: unknown): boolean {
  const codes: readonly string[] = ['inference-failed', 'worker-crashed', 'invalid-model'];
  return error instanceof ShiwuError && codes.includes(error.code);
}

function isUnsupported(error: unknown): error is ShiwuError {
  return error instanceof ShiwuError && error.code === 'unsupported-model';
}

function makePool(
  platform: Platform,
  options: HostOptions,
  parts: EngineParts,
  threads: number,
  most: number,
): Pool {
  return new Pool({
    start: async (wanted) => (await start(platform, options, parts, wanted)).client,
    threads,
    idleTimeout: options.idleTimeout,
    most,
  });
}

/** Fetches and compiles, and tells how far it has come. */
class Loading {
  readonly #assets: Assets;
  /** Of the files that are there. */
  #before = { loaded: 0, total: 0 };
  #now = { loaded: 0, total: 0 };

  constructor(
    private readonly platform: Platform,
    private readonly options: HostOptions,
    private readonly events: HostEvents,
    private readonly signal: AbortSignal,
  ) {
    this.#assets = platform.locate(options.assetBase);
  }

  /** Whether it is sure beforehand that our own engine is what the first worker runs. */
  get endsWithOwnEngine(): boolean {
    const { engine, model } = this.options;
    if (engine !== 'auto') return engine === 'shiwu';
    return model === undefined && isHeld(this.#assets.model.plain?.sha256);
  }

  /**
   * The model as a file for every worker, and as bytes for the first, which need not read it then; a file of
   * the caller's is only that. Its SHA-256 is that of the plain file; undefined where this page may not
   * compute it. `onCore` is given the core when it is there, which is long before the model.
   */
  async coreAndModel(onCore: (core: WebAssembly.Module) => void): Promise<{
    core: WebAssembly.Module;
    model: EngineParts['model'];
    bytes: Uint8Array<ArrayBuffer> | undefined;
    sha256: string | undefined;
  }> {
    const { platform, options } = this;
    const { model, labels, manifest } = options;
    const files = [platform.hasRelaxedSimd ? this.#assets.coreRelaxed : this.#assets.core];
    if (model === undefined) files.push(this.#assets.model);
    else if (typeof model === 'string') files.push(ownModel(model));
    // Before anything of our own is at hand, ONNX Runtime comes with the rest: nothing waits for it later.
    if (options.engine === 'ort') files.push(this.#assets.runtime);
    const [, ...rest] = await this.#load(files, (index, file) => {
      if (index !== 0) return;
      this.#core = compile(file);
      this.#core.then(onCore, () => {}); // heard of when the model is there
    });
    if (options.engine === 'ort') this.#runtimeBytes = rest.pop();
    const [bytes] = rest;
    const core = (await this.#core) as WebAssembly.Module;
    // A Blob is read by each worker itself, and the browser may keep it outside of memory.
    const file = await this.#file(model, bytes as Uint8Array<ArrayBuffer>);
    let sha256 = model === undefined ? this.#assets.model.plain?.sha256 : undefined;
    if (model !== undefined && options.engine === 'auto') sha256 = await sha256OfModel(file, bytes);
    const data = await this.#weights(bytes);
    const held = isHeld(sha256);
    return { core, model: { file, data, held, labels, manifest }, bytes, sha256 };
  }

  /**
   * The files with weights that the caller names, and of a model with an address those beside it. `bytes` are
   * the model's, where it was loaded.
   */
  async #weights(bytes: Uint8Array | undefined): Promise<DataFile[]> {
    const { model, externalData } = this.options;
    const wanted = typeof model === 'string' && bytes ? externalFiles(bytes) : [];
    const beside = wanted
      .filter((path) => !findFile(path, wanted, externalData))
      .flatMap((path) => besideModel(path, model as string));
    const files = [...externalData, ...beside];
    const assets = files.flatMap(({ path, data }) =>
      typeof data === 'string' ? [{ name: path, url: data, bytes: 0, sha256: undefined }] : [],
    );
    if (assets.length === 0) return files as DataFile[];
    try {
      const loaded = await this.#load(assets);
      return files.map(({ path, data }) => ({
        path,
        data:
          typeof data === 'string'
            ? this.platform.blobOf(loaded.shift() as Uint8Array<ArrayBuffer>)
            : data,
      }));
    } catch (error) {
      if (!(error instanceof ShiwuError) || error.code !== 'not-found') throw error;
      const names = assets.map(({ name }) => name).join(', ');
      throw new ShiwuError('missing-weights', `${names}: ${error.detail}`, { cause: error });
    }
  }

  async #file(model: HostOptions['model'], bytes: Uint8Array<ArrayBuffer>): Promise<Blob> {
    const { platform } = this;
    if (typeof model !== 'object') return platform.blobOf(bytes);
    if (platform.canSend(model)) return model;
    try {
      return platform.blobOf(await readBlob(model));
    } catch (cause) {
      throw new ShiwuError('unreadable-input', `model: ${String(cause)}`, { cause });
    }
  }

  #core: Promise<WebAssembly.Module> | undefined;
  #runtimeBytes: Uint8Array<ArrayBuffer> | undefined;

  /** ONNX Runtime for wasm. */
  async runtime(): Promise<OrtParts> {
    const bytes = this.#runtimeBytes ?? (await this.#load([this.#assets.runtime]))[0];
    this.#runtimeBytes = undefined;
    return this.#ort('wasm', bytes as BufferSource);
  }

  /** ONNX Runtime for WebGPU; quietly, for somebody is at work already. */
  async webGpuRuntime(): Promise<OrtParts> {
    const { cache } = this.options;
    const options = { cache, signal: this.signal, onBytes: () => {} };
    const [bytes] = await this.platform.load([this.#assets.webgpuRuntime], options);
    return this.#ort('webgpu', bytes as BufferSource);
  }

  done(): void {
    this.events.onProgress({ ...this.#sum(), stage: 'ready' });
  }

  async #ort(backend: Backend, bytes: BufferSource): Promise<OrtParts> {
    const module = await compile(bytes);
    return { engine: 'ort', backend, module, threads: 1, threadsGlue: this.#assets.threadsGlue };
  }

  async #load(
    files: readonly Asset[],
    onFile: (index: number, bytes: Uint8Array<ArrayBuffer>) => void = () => {},
  ): Promise<Uint8Array<ArrayBuffer>[]> {
    const loaded = await this.platform.load(files, {
      cache: this.options.cache,
      signal: this.signal,
      onFile,
      onBytes: (loaded, total) => {
        this.#now = { loaded, total };
        this.events.onProgress({ ...this.#sum(), stage: 'download' });
      },
    });
    this.#before = this.#sum();
    this.#now = { loaded: 0, total: 0 };
    this.events.onProgress({ ...this.#before, stage: 'compile' });
    return loaded;
  }

  #sum(): { loaded: number; total: number } {
    return {
      loaded: this.#before.loaded + this.#now.loaded,
      total: this.#before.total + this.#now.total,
    };
  }
}

/** undefined where it cannot be read or computed: then the model is one that nobody has tried. */
async function sha256OfModel(
  file: Blob,
  bytes: Uint8Array<ArrayBuffer> | undefined,
): Promise<string | undefined> {
  try {
    const plain = await unpack(bytes ?? new Uint8Array(await file.arrayBuffer()), 'model');
    return await sha256Of(plain);
  } catch {
    return undefined;
  }
}

/** Where a file of the model's folder lies; nothing for a path that leads out of it. */
function besideModel(path: string, model: string): { path: string; data: string }[] {
  const parts = path.replaceAll('\\', '/').split('/');
  if (!/^(https?|file):/.test(model) || parts[0] === '' || parts.includes('..')) return [];
  return [{ path, data: new URL(parts.map(encodeURIComponent).join('/'), model).href }];
}

function ownModel(url: string): Asset {
  return { name: 'model', url, bytes: 0, sha256: undefined };
}

async function compile(bytes: BufferSource): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    if (cause instanceof RangeError)
      throw new ShiwuError('out-of-memory', String(cause), { cause });
    // The bytes are the published ones, and the browser knows all that is in them: a policy refuses them.
    const hint = "the Content-Security-Policy must have script-src 'wasm-unsafe-eval'";
    throw new ShiwuError('blocked-by-policy', `${String(cause)}; ${hint}`, { cause });
  }
}

function connect(platform: Platform, { assetBase }: HostOptions, kind: WorkerKind): WorkerClient {
  return new WorkerClient((events) => platform.startWorker(kind, assetBase, events));
}

/** `ready` may hold a worker that has no model yet, and the model's bytes, which are given away to it. */
async function start(
  platform: Platform,
  options: HostOptions,
  { core, model, runtime }: EngineParts,
  threads: number,
  ready: { client?: WorkerClient | undefined; bytes?: Uint8Array<ArrayBuffer> | undefined } = {},
): Promise<Started> {
  const client = ready.client ?? connect(platform, options, kindOf(runtime));
  try {
    const wanted = runtime.engine === 'shiwu' ? runtime : { ...runtime, threads };
    const loaded = await client.load({ core, model, runtime: wanted }, ready.bytes);
    return { client, loaded };
  } catch (error) {
    client.stop(new ShiwuError('disposed'));
    throw error;
  }
}

function kindOf(runtime: RuntimeParts): WorkerKind {
  if (runtime.engine === 'shiwu') return 'shiwu';
  return runtime.backend === 'webgpu' ? 'ort-webgpu' : 'ort';
}

/** The first worker: with one thread where several are refused. */
async function startFirst(
  platform: Platform,
  options: HostOptions,
  { onWarning }: HostEvents,
  parts: EngineParts,
): Promise<Started> {
  const threads = parts.runtime.engine === 'ort' ? options.threads : 1;
  if (threads === 1) return start(platform, options, parts, 1);
  try {
    return await start(platform, options, parts, threads);
  } catch (error) {
    const started = await start(platform, options, parts, 1);
    onWarning(`One thread instead of ${threads}: ${String(error)}`);
    return started;
  }
}
