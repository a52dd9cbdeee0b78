/** Node: worker threads, and files beside fetch. */
import { Blob } from 'node:buffer';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { locateAssets } from '../assets/locate.js';
import { ShiwuError } from '../errors.js';
import { isQuestion, type Response as Reply, type Request } from '../worker/protocol.js';
import { toUrl } from './node/address.js';
import { loadFiles } from './node/files.js';
import { packForNode } from './node/pack.js';
import type { Platform, WorkerEvents, WorkerKind, WorkerPort } from './platform.js';
import { hasRelaxedSimd } from './simd.js';

export const node: Platform = {
  // Every Node that package.json allows has worker threads and WebAssembly SIMD.
  check() {},

  get cores() {
    return availableParallelism();
  },

  // ONNX Runtime Web fetches its threads' script, and fetch knows no files. Albums use several workers.
  threads: 1,
  hasThreads: false,
  hasRelaxedSimd: hasRelaxedSimd(),
  hasWebGpu: async () => false,

  resolve(address) {
    try {
      return toUrl(address).href;
    } catch (cause) {
      throw new ShiwuError('invalid-argument', `not an address: ${String(address)}`, { cause });
    }
  },

  // Not the global one, which test runners replace.
  blobOf: (bytes) => new Blob([bytes]) as globalThis.Blob,
  canSend: (blob) => blob instanceof Blob,

  locate: locateAssets,
  load: loadFiles,
  pack: packForNode,
  startWorker: (kind, assetBase, events) => connect(start(kind, assetBase), events),
};

function start(kind: WorkerKind, base: string | undefined): Worker {
  // The program's own flags are not for our worker, and --input-type would even stop it.
  const options = { name: 'shiwu', execArgv: [] };
  // Only a file can be a worker thread: with a base elsewhere, it is the one beside this file.
  const own = base?.startsWith('file:');
  if (kind === 'shiwu') {
    return own
      ? new Worker(fileURLToPath(new URL('worker-node.js', base)), options)
      : new Worker(new URL('./worker-node.js', import.meta.url), options);
  }
  return own
    ? new Worker(fileURLToPath(new URL('worker-node-ort.js', base)), options)
    : new Worker(new URL('./worker-node-ort.js', import.meta.url), options);
}

/** The worker keeps the process alive while it owes replies, and at no other time. */
function connect(worker: Worker, { onReply, onCrash }: WorkerEvents): WorkerPort {
  let owed = 0;
  worker.unref();
  worker.on('message', (reply: Reply) => {
    if (--owed === 0) worker.unref();
    onReply(reply);
  });
  worker.on('messageerror', () => onCrash('a message could not be read'));
  worker.on('error', (error) => onCrash(String(error)));
  worker.on('exit', (status) => onCrash(`exit status ${status}`));
  return {
    post: (message: Request, transfer) => {
      // Node's types of what can be moved are narrower than the DOM's, but for these messages alike.
      worker.postMessage(message, transfer as ArrayBuffer[]);
      if (isQuestion(message) && ++owed === 1) worker.ref();
    },
    terminate: () => void worker.terminate(),
  };
}
