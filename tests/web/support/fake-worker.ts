// A worker that answers when told to, for the pool's and the host's tests.
import { WorkerClient } from '../../../web/src/host/client.js';
import type { WorkerEvents } from '../../../web/src/platform/platform.js';
import type { Parcel } from '../../../web/src/sources/payload.js';
import type { Classification } from '../../../web/src/types.js';
import type { ClassifySettings, Request } from '../../../web/src/worker/protocol.js';

export class FakeWorker {
  readonly received: Request[] = [];
  terminated = false;
  #events: WorkerEvents | undefined;

  readonly client = new WorkerClient((events) => {
    this.#events = events;
    return {
      post: (message) => this.received.push(message),
      terminate: () => {
        this.terminated = true;
      },
    };
  });

  /** Ids of the pictures that it was given, in order. */
  get pictures(): number[] {
    return this.received.flatMap((each) => (each.type === 'classify' ? [each.id] : []));
  }

  get cancels(): number[] {
    return this.received.flatMap((each) => (each.type === 'cancel' ? [each.id] : []));
  }

  /** Answers the picture that it was given last. */
  answer(label: string): void {
    const id = this.pictures.at(-1) as number;
    this.#events?.onReply({ type: 'classified', id, result: resultOf(label) });
  }

  fail(code: 'corrupt-image' | 'aborted' | 'out-of-memory' | 'worker-crashed'): void {
    const id = this.pictures.at(-1) as number;
    this.#events?.onReply({ type: 'failed', id, error: { code, detail: '' } });
  }

  crash(): void {
    this.#events?.onCrash('on purpose');
  }
}

export const SETTINGS: ClassifySettings = {
  topK: 5,
  threshold: null,
  allow: [],
  deny: [],
  region: null,
  features: false,
  levels: false,
  maps: false,
  exact: false,
  maxPixels: 1e8,
};

export function parcel(): Parcel {
  return { payload: { kind: 'blob', blob: new Blob(['x']) }, transfer: [] };
}

export function resultOf(label: string): Classification {
  return {
    predictions: [
      {
        index: 0,
        id: label,
        label,
        label_zh: label,
        label_en: label,
        aliases: [],
        categories: [],
        score: 1,
      },
    ],
    answer: {
      kind: 'class',
      id: label,
      label,
      label_zh: label,
      label_en: label,
      score: 1,
      path: [],
    },
    image: { width: 1, height: 1, orientation: 1, decoder: 'shiwu', truncated: false },
    timings: {
      queue: 0,
      decode: 0,
      resize: 0,
      normalize: 0,
      inference: 0,
      postprocess: 0,
      total: 0,
      engine: 'ort',
    },
  };
}

export function labelOf(result: Classification): string {
  return result.predictions[0]?.label ?? '';
}
