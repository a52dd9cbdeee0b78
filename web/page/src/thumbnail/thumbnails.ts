import type { ThumbnailAnswer, ThumbnailRequest } from './thumbnail-worker.js';

/**
 * Small pictures, made one at a time by a worker. What was asked for last comes first: that is what
 * is being looked at.
 */
export class Thumbnails {
  readonly #open: (key: string) => Promise<Blob | null>;
  readonly #keep: (key: string, thumbnail: Blob) => void;
  readonly #waiting: { key: string; resolve: (thumbnail: Blob | null) => void }[] = [];
  readonly #underWay = new Map<string, Promise<Blob | null>>();
  #worker: Worker | null = null;
  #busy = false;
  #count = 0;

  /** `open` gives a photo's file; `keep` is handed each small picture once. */
  constructor(
    open: (key: string) => Promise<Blob | null>,
    keep: (key: string, thumbnail: Blob) => void,
  ) {
    this.#open = open;
    this.#keep = keep;
  }

  /** Null where there is no file any more, or none that the browser can show. */
  make(key: string): Promise<Blob | null> {
    const running = this.#underWay.get(key);
    if (running) return running;
    const promise = new Promise<Blob | null>((resolve) => {
      this.#waiting.push({ key, resolve });
    });
    this.#underWay.set(key, promise);
    void promise.then(() => this.#underWay.delete(key));
    void this.#next();
    return promise;
  }

  async #next(): Promise<void> {
    if (this.#busy) return;
    const job = this.#waiting.pop();
    if (!job) return;
    this.#busy = true;
    const file = await this.#open(job.key).catch(() => null);
    const thumbnail = file ? await this.#shrinkFile(file).catch(() => null) : null;
    if (thumbnail) this.#keep(job.key, thumbnail);
    job.resolve(thumbnail);
    this.#busy = false;
    void this.#next();
  }

  async #shrinkFile(file: Blob): Promise<Blob | null> {
    const thumbnail = await this.#shrink(file);
    if (thumbnail) return thumbnail;
    // WebKit's workers read no Blob on a page from the disk; the page does.
    const bitmap = await createImageBitmap(file).catch(() => null);
    return bitmap && this.#shrink(bitmap);
  }

  #shrink(picture: Blob | ImageBitmap): Promise<Blob | null> {
    this.#worker ??= new Worker(new URL('./thumbnail-worker.ts', import.meta.url), {
      type: 'module',
      name: 'thumbnails',
    });
    const worker = this.#worker;
    const id = ++this.#count;
    return new Promise((resolve) => {
      worker.onmessage = ({ data }: MessageEvent<ThumbnailAnswer>) => {
        if (data.id === id) resolve(data.thumbnail);
      };
      worker.onerror = () => {
        // A picture that kills its worker has no small one; the next gets a new worker.
        worker.terminate();
        this.#worker = null;
        resolve(null);
      };
      const transfer = picture instanceof Blob ? [] : [picture];
      worker.postMessage({ id, picture } satisfies ThumbnailRequest, transfer);
    });
  }
}
