/** Browsers: module workers, fetch, canvases. */
import { loadAssets } from '../assets/load.js';
import { locateAssets } from '../assets/locate.js';
import { ShiwuError } from '../errors.js';
import { pack } from '../sources/payload.js';
import type { Response as Reply } from '../worker/protocol.js';
import type { Platform, WorkerEvents, WorkerPort } from './platform.js';

/** Beyond this many threads one small network gets no faster. */
const MOST_DEFAULT_THREADS = 4;

export const browser: Platform = {
  check() {
    const missing =
      typeof Worker === 'undefined'
        ? 'Worker'
        : typeof WebAssembly === 'undefined' || !WebAssembly.validate(SIMD_PROBE)
          ? 'WebAssembly SIMD'
          : typeof OffscreenCanvas === 'undefined'
            ? 'OffscreenCanvas'
            : undefined;
    if (missing) throw new ShiwuError('unsupported-environment', missing);
  },

  get cores() {
    return navigator.hardwareConcurrency || 1;
  },

  get hasThreads() {
    return globalThis.crossOriginIsolated === true;
  },

  get threads() {
    return this.hasThreads ? Math.min(this.cores, MOST_DEFAULT_THREADS) : 1;
  },

  async hasWebGpu() {
    const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<Adapter | null> } };
    const adapter = await gpu?.requestAdapter();
    // A GPU that the processor imitates is many times slower than wasm: not worth its download.
    return adapter ? !(adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter) : false;
  },

  resolve: (url) => new URL(url, document.baseURI).href,

  locate: locateAssets,
  load: loadAssets,
  pack: (input, signal) => pack(input, signal),

  startWorker(backend, assetBase, events) {
    const worker = backend === 'webgpu' ? startWebGpuWorker(assetBase) : startWasmWorker(assetBase);
    return connect(worker, events);
  },
};

/** A part of WebGPU's GPUAdapter; `isFallbackAdapter` moved into `info` in 2025. */
interface Adapter {
  readonly isFallbackAdapter?: boolean;
  readonly info?: { readonly isFallbackAdapter?: boolean };
}

// Bundlers look for exactly these expressions. webpack puts workers of one name into one file, and
// runs them all in each: so every worker has a name of its own.
function startWasmWorker(base: string | undefined): Worker {
  return base === undefined
    ? new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'shiwu-wasm' })
    : new Worker(new URL('worker.js', base), { type: 'module', name: 'shiwu-wasm' });
}

function startWebGpuWorker(base: string | undefined): Worker {
  return base === undefined
    ? new Worker(new URL('./worker-webgpu.js', import.meta.url), {
        type: 'module',
        name: 'shiwu-webgpu',
      })
    : new Worker(new URL('worker-webgpu.js', base), { type: 'module', name: 'shiwu-webgpu' });
}

function connect(worker: Worker, { onReply, onCrash }: WorkerEvents): WorkerPort {
  worker.onmessage = ({ data }: MessageEvent<Reply>) => onReply(data);
  worker.onerror = (event) => {
    event.preventDefault();
    onCrash(event.message ?? 'the script did not load');
  };
  worker.onmessageerror = () => onCrash('a message could not be read');
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    terminate: () => worker.terminate(),
  };
}

/** The smallest module that uses SIMD: (func (result v128) i32.const 0 i8x16.splat). */
const SIMD_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15,
  11,
]);
