/** The worker: loads one model, then answers requests one after another. */
import { ShiwuError } from '../errors.js';
import { downloadAll } from '../model/download.js';
import { Core } from '../runtime/core.js';
import type { LoadProgress } from '../types.js';
import { locateAssets } from './assets.js';
import { Engine } from './engine.js';
import type {
  ClassifyRequest,
  LoadRequest,
  PlainError,
  Response as Reply,
  Request,
} from './protocol.js';

let engine: Engine | undefined;
const cancelled = new Set<number>();
const waiting = new Set<number>();
/** Requests run one at a time, in order; a failed one never stops the next. */
let queue: Promise<void> = Promise.resolve();

self.addEventListener('message', ({ data }: MessageEvent<Request>) => {
  if (data.type === 'cancel') {
    if (waiting.has(data.id)) cancelled.add(data.id);
    return;
  }
  waiting.add(data.id);
  queue = queue.then(() => answer(data));
});

async function answer(request: LoadRequest | ClassifyRequest): Promise<void> {
  try {
    post(request.type === 'load' ? await load(request) : await classify(request));
    if (request.type === 'load') setTimeout(warmUp, IDLE_MS);
  } catch (error) {
    post({ type: 'failed', id: request.id, error: toPlain(error) });
  } finally {
    waiting.delete(request.id);
    cancelled.delete(request.id);
  }
}

/** A caller who has a photo at hand asks sooner than this after loading. */
const IDLE_MS = 50;

function warmUp(): void {
  if (waiting.size > 0) return;
  // A failure would show again, with its message, in the first real run.
  queue = queue.then(() => engine?.warmUp().catch(() => {}));
}

async function load({ id, assetBase, model }: LoadRequest): Promise<Reply> {
  const report = (progress: LoadProgress) => post({ type: 'progress', id, progress });
  const assets = locateAssets(assetBase);
  const files = [assets.core, assets.runtime];
  if (model === undefined) files.push(assets.model);
  else if (typeof model === 'string') files.push({ url: model, bytes: 0 });
  let last = { loaded: 0, total: 0 };
  const [coreBytes, runtimeBytes, modelBytes] = await downloadAll(files, (loaded, total) => {
    last = { loaded, total };
    report({ loaded, total, stage: 'download' });
  });
  report({ ...last, stage: 'compile' });
  const core = await Core.load(coreBytes as ArrayBuffer);
  engine = await Engine.create(
    core,
    runtimeBytes as ArrayBuffer,
    new Uint8Array(modelBytes ?? (await readModel(model))),
  );
  report({ ...last, stage: 'ready' });
  return { type: 'loaded', id, info: engine.info };
}

async function readModel(model: LoadRequest['model']): Promise<ArrayBuffer> {
  if (model instanceof ArrayBuffer) return model;
  try {
    return await (model as Blob).arrayBuffer();
  } catch (cause) {
    throw new ShiwuError('unreadable-input', String(cause), { cause });
  }
}

async function classify({ id, payload, settings, askedAt }: ClassifyRequest): Promise<Reply> {
  const checkpoint = async () => {
    await nextTask();
    if (cancelled.has(id)) throw new ShiwuError('aborted');
  };
  try {
    await checkpoint();
  } catch (error) {
    if (payload.kind === 'bitmap') payload.bitmap.close();
    throw error;
  }
  if (!engine) throw new ShiwuError('disposed', 'no model is loaded');
  const result = await engine.classify(payload, settings, askedAt, checkpoint);
  return { type: 'classified', id, result };
}

const channel = new MessageChannel();

/** Lets messages that have arrived, cancels among them, be heard before going on. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    channel.port1.onmessage = () => resolve();
    channel.port2.postMessage(null);
  });
}

function post(reply: Reply): void {
  self.postMessage(reply);
}

function toPlain(error: unknown): PlainError {
  if (error instanceof ShiwuError) return { code: error.code, detail: error.detail };
  return {
    code: 'inference-failed',
    detail: error instanceof Error ? error.message : String(error),
  };
}
