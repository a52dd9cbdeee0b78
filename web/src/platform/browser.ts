/** Browsers: module workers, fetch, canvases. */
import { loadAssets } from '../assets/load.js';
import { locateAssets } from '../assets/locate.js';
import { ShiwuError } from '../errors.js';
import { isA } from '../sources/kind.js';
import { pack } from '../sources/payload.js';
import type { Question, Response as Reply } from '../worker/protocol.js';
import { absolute } from './browser/address.js';
import { openWorker } from './browser/open-worker.js';
import type { Platform, WorkerEvents, WorkerKind, WorkerPort } from './platform.js';
import { hasRelaxedSimd, hasSimd } from './simd.js';

/** Beyond this many threads one small network gets no faster. */
const MOST_DEFAULT_THREADS = 4;

export const browser: Platform = {
  check() {
    const missing =
      typeof Worker === 'undefined'
        ? 'Worker'
        : typeof WebAssembly !== 'undefined' && !hasSimd()
          ? 'WebAssembly SIMD'
          : typeof OffscreenCanvas === 'undefined'
            ? 'OffscreenCanvas'
            : undefined;
    if (missing) throw new ShiwuError('unsupported-environment', missing);
    // Whatever runs modules has it, unless somebody took it away.
    if (typeof WebAssembly === 'undefined') {
      const by =
        'Lockdown Mode, a browser without JIT, a policy of your organisation, or an extension';
      throw new ShiwuError('blocked-by-policy', `WebAssembly is switched off: ${by}`);
    }
  },

  get cores() {
    return navigator.hardwareConcurrency || 1;
  },

  get hasThreads() {
    return globalThis.crossOriginIsolated === true;
  },

  get threads() {
    // One core is left to others: threads go in step, so that one that has to wait holds up all of them. On two
    // cores with a busy neighbour two threads take half as long again as one or more, for twice the processor time.
    return this.hasThreads ? Math.max(1, Math.min(this.cores - 1, MOST_DEFAULT_THREADS)) : 1;
  },

  get hasRelaxedSimd() {
    return hasRelaxedSimd();
  },

  async hasWebGpu() {
    const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<Adapter | null> } };
    const adapter = await gpu?.requestAdapter();
    // A GPU that the processor imitates is many times slower than wasm: not worth its download.
    return adapter ? !(adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter) : false;
  },

  resolve: absolute,

  blobOf: (bytes) => new Blob([bytes]),
  canSend: (blob) => isA(blob, 'Blob', 'File'),

  locate: locateAssets,
  load: loadAssets,
  pack: (input, signal) => pack(input, signal),

  startWorker: (kind, assetBase, events) => connect(() => START[kind](assetBase), events),
};

/** A part of WebGPU's GPUAdapter; `isFallbackAdapter` moved into `info` in 2025. */
interface Adapter {
  readonly isFallbackAdapter?: boolean;
  readonly info?: { readonly isFallbackAdapter?: boolean };
}

// Bundlers look for exactly these expressions. webpack puts workers of one name into one file, and
// runs them all in each: so every worker has a name of its own.
const START: Record<WorkerKind, (base: string | undefined) => Worker> = {
  shiwu: (base) =>
    base === undefined
      ? new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'shiwu' })
      : new Worker(new URL('worker.js', base), { type: 'module', name: 'shiwu' }),
  ort: (base) =>
    base === undefined
      ? new Worker(new URL('./worker-ort.js', import.meta.url), {
          type: 'module',
          name: 'shiwu-ort',
        })
      : new Worker(new URL('worker-ort.js', base), { type: 'module', name: 'shiwu-ort' }),
  'ort-webgpu': (base) =>
    base === undefined
      ? new Worker(new URL('./worker-webgpu.js', import.meta.url), {
          type: 'module',
          name: 'shiwu-webgpu',
        })
      : new Worker(new URL('worker-webgpu.js', base), { type: 'module', name: 'shiwu-webgpu' }),
};

function connect(start: () => Worker, { onReply, onCrash }: WorkerEvents): WorkerPort {
  return openWorker<Reply>(start, 'shiwu', {
    onReply,
    onCrash,
    onUnsent(message, cause) {
      const { id } = message as Question;
      const error = { code: 'unreadable-input', detail: String(cause) } as const;
      onReply({ type: 'failed', id, error });
    },
  });
}
