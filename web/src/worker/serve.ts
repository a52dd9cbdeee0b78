/** A worker's life: loads one model, then answers requests one after another. */
import { ShiwuError, toShiwuError } from '../errors.js';
import type { OpenRunner } from '../model/runner.js';
import { Core } from '../runtime/core.js';
import { Engine } from './engine.js';
import type {
  ClassifyRequest,
  FindRequest,
  LoadRequest,
  Payload,
  PlainError,
  Question,
  Response as Reply,
  Request,
} from './protocol.js';

/** A caller who has a photo at hand asks sooner than this after loading. */
const IDLE_MS = 50;

/**
 * `open` is what runs networks in this worker. Returns what to call with each message that arrives;
 * replies go out by `post`.
 */
export function serve(open: OpenRunner, post: (reply: Reply) => void): (request: Request) => void {
  let engine: Engine | undefined;
  let prepared: Promise<Core> | undefined;
  const cancelled = new Set<number>();
  const waiting = new Set<number>();
  /** Requests run one at a time, in order; a failed one never stops the next. */
  let queue: Promise<void> = Promise.resolve();

  const answer = async (request: Question): Promise<void> => {
    const { id } = request;
    try {
      switch (request.type) {
        case 'load':
          post({ type: 'loaded', id, loaded: await load(request) });
          setTimeout(warmUp, IDLE_MS);
          break;
        case 'classify':
          post({ type: 'classified', id, result: await classify(request) });
          break;
        case 'teach':
          post({ type: 'taught', id, taught: loadedEngine().teach(request.file, request.lesson) });
          break;
        case 'nearest':
          post({ type: 'near', id, ranked: loadedEngine().nearest(request) });
          break;
        case 'group':
          post({ type: 'grouped', id, firsts: loadedEngine().groupAlike(request) });
          break;
        case 'bake': {
          const { model, taught } = request;
          post({ type: 'baked', id, model: await loadedEngine().bake(model, taught) });
          break;
        }
        case 'probe':
          post({ type: 'probed', id, probed: await loadedEngine().probe(request.runs) });
          break;
        case 'head':
          await loadedEngine().takeHead(request.file);
          post({ type: 'head', id });
          break;
        case 'find':
          post({ type: 'found', id, found: await find(request) });
          break;
        case 'look': {
          const { maps, place, settings } = request;
          post({ type: 'looked', id, glance: loadedEngine().look(maps, place, settings) });
          break;
        }
        case 'paint':
          post({ type: 'painted', id, pixels: loadedEngine().paint(request.map, request.options) });
      }
    } catch (error) {
      post({ type: 'failed', id, error: toPlain(error) });
    } finally {
      waiting.delete(id);
      cancelled.delete(id);
    }
  };

  const load = async ({ parts }: LoadRequest) => {
    const core = await (prepared ?? Core.load(parts.core));
    prepared = undefined;
    engine = await Engine.create(core, open, parts.runtime, parts.model);
    return { info: engine.info, warnings: engine.warnings };
  };

  const classify = async ({ id, payload, settings, askedAt }: ClassifyRequest) => {
    // Heard even by a call that is given up: the next may say "as before".
    if (settings.taught !== 'as before') engine?.know(settings.taught);
    const checkpoint = await begin(id, payload);
    return loadedEngine().classify(payload, settings, askedAt, checkpoint);
  };

  const find = async ({ id, payload, settings }: FindRequest) => {
    const checkpoint = await begin(id, payload);
    return loadedEngine().find(payload, settings, checkpoint);
  };

  /** What to call between arrows; a picture that was given up already is let go. */
  const begin = async (id: number, payload: Payload) => {
    const checkpoint = async () => {
      await nextTask();
      if (cancelled.has(id)) throw new ShiwuError('aborted');
    };
    try {
      await checkpoint();
    } catch (error) {
      if (payload.kind === 'bitmap') payload.bitmap.close();
      if (payload.kind === 'bytes') payload.decoded?.bitmap?.close();
      throw error;
    }
    return checkpoint;
  };

  const loadedEngine = (): Engine => {
    if (!engine) throw new ShiwuError('disposed', 'no model is loaded');
    return engine;
  };

  /** The first run of compiled code is a few times slower. */
  const warmUp = () => {
    if (waiting.size > 0) return;
    // A failure would show again, with its message, in the first real run.
    queue = queue.then(() => engine?.warmUp().catch(() => {}));
  };

  return (request) => {
    if (request.type === 'prepare') {
      prepared = Core.load(request.core).then((core) => {
        core.warmUp(); // while the model is on its way
        return core;
      });
      prepared.catch(() => {}); // heard of when the model comes
      return;
    }
    if (request.type === 'cancel') {
      if (waiting.has(request.id)) cancelled.add(request.id);
      return;
    }
    waiting.add(request.id);
    queue = queue.then(() => answer(request));
  };
}

const channel = new MessageChannel();

/** Lets messages that have arrived, cancels among them, be heard before going on. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    channel.port1.onmessage = () => resolve();
    channel.port2.postMessage(null);
  });
}

function toPlain(error: unknown): PlainError {
  const { code, detail, network } = toShiwuError(error);
  return { code, detail, network };
}
