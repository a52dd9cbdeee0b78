/** Talks to one worker. Requests carry ids; a dead worker rejects everything that waited. */
import { ShiwuError } from '../errors.js';
import type { WorkerEvents, WorkerPort } from '../platform/platform.js';
import type { PaintOptions, Places, Ranked } from '../runtime/core.js';
import type { Nearest, ToGroup } from '../similar.js';
import { lookAtBlob, readHere } from '../sources/here.js';
import type { Parcel } from '../sources/payload.js';
import type { Classification, Found, Glance, MapsData, Place } from '../types.js';
import type {
  ClassifySettings,
  EngineParts,
  Lesson,
  Loaded,
  LookRequest,
  Probed,
  Response as Reply,
  Request,
  Taught,
  TaughtFile,
} from '../worker/protocol.js';

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

type ReplyOf<T extends Reply['type']> = Extract<Reply, { type: T }>;

export class WorkerClient {
  readonly #port: WorkerPort;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #ended: ShiwuError | undefined;
  #model: EngineParts['model'] | undefined;
  #head: Promise<unknown> | undefined;
  /** What the worker was last told that is taught. */
  #told: ClassifySettings['taught'];
  /** Called once, when the worker has ended for whatever reason. */
  onEnd: () => void = () => {};

  constructor(start: (events: WorkerEvents) => WorkerPort) {
    this.#port = start({
      onReply: (reply) => this.#receive(reply),
      onCrash: (reason) =>
        this.stop(typeof reason === 'string' ? new ShiwuError('worker-crashed', reason) : reason),
    });
  }

  /** May come before `load`: what can be done without the model is done by then. */
  prepare(core: WebAssembly.Module): void {
    if (!this.#ended) this.#port.post({ type: 'prepare', core }, []);
  }

  /** Where there are `bytes` of the model, they are given away; its file is not. */
  async load(parts: EngineParts, bytes?: Uint8Array<ArrayBuffer>): Promise<Loaded> {
    const { model } = parts;
    this.#model = model;
    if (bytes) {
      return this.#load({ ...parts, model: { ...model, file: bytes } }, [bytes.buffer]);
    }
    try {
      return await this.#load(parts, []);
    } catch (error) {
      const read = await readModelHere(model, error);
      return this.#load({ ...parts, model: read }, [read.file.buffer]);
    }
  }

  async #load(parts: EngineParts, transfer: Transferable[]): Promise<Loaded> {
    const reply = await this.#ask<'loaded'>((id) => ({ type: 'load', id, parts }), transfer);
    return reply.loaded;
  }

  async classify(
    parcel: Parcel,
    settings: ClassifySettings,
    askedAt: number,
  ): Promise<Classification> {
    if (settings.maps) await this.takeHead();
    return lookAt(parcel, async ({ payload, transfer }: Parcel) => {
      const { taught } = settings;
      const told = taught !== undefined && taught === this.#told ? 'as before' : taught;
      const reply = await this.#ask<'classified'>(
        (id) => ({
          type: 'classify',
          id,
          payload,
          settings: { ...settings, taught: told },
          askedAt,
        }),
        transfer,
        () => {
          this.#told = taught;
        },
      );
      return reply.result;
    });
  }

  async find(parcel: Parcel, settings: ClassifySettings): Promise<Found> {
    await this.takeHead();
    return lookAt(parcel, async ({ payload, transfer }: Parcel) => {
      const ask = (id: number) => ({ type: 'find' as const, id, payload, settings });
      return (await this.#ask<'found'>(ask, transfer)).found;
    });
  }

  /** Once, before the first picture whose maps are wanted. */
  takeHead(): Promise<unknown> {
    this.#head ??= this.#sendHead();
    return this.#head;
  }

  async #sendHead(): Promise<unknown> {
    const file = this.#model?.file as Blob;
    const ask = (sent: Blob | Uint8Array<ArrayBuffer>, transfer: Transferable[] = []) =>
      this.#ask<'head'>((id) => ({ type: 'head', id, file: sent }), transfer);
    try {
      return await ask(file);
    } catch (error) {
      const bytes = await readHere(file, error);
      return ask(new Uint8Array(bytes), [bytes]);
    }
  }

  async look(maps: MapsData, place: Place, settings: LookRequest['settings']): Promise<Glance> {
    const ask = (id: number) => ({ type: 'look' as const, id, maps, place, settings });
    return (await this.#ask<'looked'>(ask)).glance;
  }

  async paint(map: Places, options: PaintOptions): Promise<Uint8ClampedArray<ArrayBuffer>> {
    return (await this.#ask<'painted'>((id) => ({ type: 'paint', id, map, options }))).pixels;
  }

  async teach(file: TaughtFile | undefined, lesson: Lesson): Promise<Taught> {
    const reply = await this.#ask<'taught'>((id) => ({ type: 'teach', id, file, lesson }));
    return reply.taught;
  }

  async nearest(one: Int8Array, asked: Omit<Nearest, 'indexes'>): Promise<readonly Ranked[]> {
    const ask = (id: number) => ({ type: 'nearest' as const, id, one, ...asked });
    return (await this.#ask<'near'>(ask, [asked.levels.buffer])).ranked;
  }

  async groupAlike(asked: Omit<ToGroup, 'indexes'>): Promise<Int32Array> {
    const ask = (id: number) => ({ type: 'group' as const, id, ...asked });
    return (await this.#ask<'grouped'>(ask, [asked.levels.buffer, asked.tags.buffer])).firsts;
  }

  async bake(taught: TaughtFile): Promise<Uint8Array<ArrayBuffer>> {
    const ask = async (model: EngineParts['model'], transfer: Transferable[] = []) =>
      (await this.#ask<'baked'>((id) => ({ type: 'bake', id, model, taught }), transfer)).model;
    const model = this.#model as EngineParts['model'];
    try {
      return await ask(model);
    } catch (error) {
      const read = await readModelHere(model, error);
      return ask(read, [read.file.buffer]);
    }
  }

  async probe(runs: number): Promise<Probed> {
    const reply = await this.#ask<'probed'>((id) => ({ type: 'probe', id, runs }));
    return reply.probed;
  }

  /** Asks the worker to give up at its next arrow whatever it is doing; its reply comes all the same. */
  cancel(): void {
    for (const id of this.#waiting.keys()) this.#port.post({ type: 'cancel', id }, []);
  }

  /** Ends the worker; what still waits rejects with `reason`. */
  stop(reason: ShiwuError): void {
    if (this.#ended) return;
    this.#ended = reason;
    this.#port.terminate();
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(reason);
    this.onEnd();
  }

  #ask<T extends Reply['type']>(
    make: (id: number) => Request,
    transfer: Transferable[] = [],
    posted: () => void = () => {},
  ): Promise<ReplyOf<T>> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (reply: Reply) => void, reject });
      try {
        this.#port.post(make(id), transfer);
        posted();
      } catch (cause) {
        // What cannot be cloned, such as a detached buffer.
        this.#waiting.delete(id);
        reject(new ShiwuError('unreadable-input', String(cause), { cause }));
      }
    });
  }

  #receive(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    if (!waiting) return;
    this.#waiting.delete(reply.id);
    if (reply.type === 'failed') {
      const { code, detail, network } = reply.error;
      const error = new ShiwuError(code, detail, { network });
      waiting.reject(error);
      // Its memory is full, or no longer what it should be: another worker takes the next picture.
      if (code === 'out-of-memory' || code === 'worker-crashed') this.stop(error);
    } else {
      waiting.resolve(reply);
    }
  }
}

/** The model as bytes, where the worker could not read its files. */
async function readModelHere(model: EngineParts['model'], error: unknown) {
  const read = async (file: Blob | Uint8Array<ArrayBuffer>) =>
    file instanceof Uint8Array ? file : new Uint8Array(await readHere(file, error));
  const file = await read(model.file);
  const data = await Promise.all(
    (model.data ?? []).map(async (each) => ({ ...each, data: await read(each.data) })),
  );
  return { ...model, file, data };
}

/** A Blob in whatever way the worker can read it. */
function lookAt<T>(parcel: Parcel, look: (parcel: Parcel) => Promise<T>): Promise<T> {
  const { payload } = parcel;
  return payload.kind === 'blob' ? lookAtBlob(payload.blob, look) : look(parcel);
}
