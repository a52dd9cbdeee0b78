/**
 * Files kept in the browser's Cache API, shared by all pages of the origin. Nothing here ever
 * rejects: what cannot be kept or found is downloaded.
 */
import type { Validators } from './download.js';

const CACHE = 'shiwu-assets';

const DAY = 86_400_000;
/** A file that nobody read for so long belongs to a version or a page that is gone. */
const KEEP = 90 * DAY;
/** When space runs out, a file read within this time counts as in use. */
const IN_USE = DAY;

/** What is noted beside a file. */
export interface Note extends Partial<Validators> {
  readonly url: string;
  /** Hex SHA-256 of the file as it lies here. */
  readonly sha256: string;
}

interface DatedNote extends Note {
  /** Time of the last read, in milliseconds since the epoch. */
  readonly used: number;
}

export interface Kept {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly note: Note;
}

/** Keys must look like URLs; these lead nowhere and are never fetched. */
const DATA = 'https://shiwu.invalid/data/';
const NOTE = 'https://shiwu.invalid/note/';

export class Store {
  /** What was read here, and whose notes' dates are behind. */
  readonly #read = new Set<string>();

  private constructor(private readonly cache: Cache) {}

  /** undefined where there is no storage, or nothing to check its contents with. */
  static async open(): Promise<Store | undefined> {
    try {
      // Both exist in secure contexts only: https and localhost.
      if (typeof caches === 'undefined' || !globalThis.crypto?.subtle) return undefined;
      return new Store(await caches.open(CACHE));
    } catch {
      // Refused: in some private modes by open(), in sandboxed frames by the mere word `caches`.
      return undefined;
    }
  }

  async read(key: string): Promise<Kept | undefined> {
    try {
      const [note, data] = await Promise.all([
        this.#note(key),
        this.cache.match(DATA + encodeURIComponent(key)),
      ]);
      if (!note || !data) return undefined;
      const bytes = new Uint8Array(await data.arrayBuffer());
      this.#read.add(key);
      return { bytes, note };
    } catch {
      return undefined;
    }
  }

  /** A Blob is written by the browser's own process, bytes would be by the page's thread. */
  async write(key: string, file: Blob, note: Note): Promise<void> {
    try {
      await this.#deleteOthersOf(key, note.url);
      while (!(await this.#put(key, file, note))) {
        if (!(await this.#deleteOldest())) {
          await this.delete(key);
          return;
        }
      }
    } catch {
      await this.delete(key);
    }
  }

  async delete(key: string): Promise<void> {
    try {
      // Data last: data without a note is swept away, a note alone costs nothing.
      await this.cache.delete(NOTE + encodeURIComponent(key));
      await this.cache.delete(DATA + encodeURIComponent(key));
    } catch {
      // Then it stays.
    }
  }

  /** Notes what was read, and deletes what nobody reads any more. Nobody should be waiting meanwhile. */
  async tidy(): Promise<void> {
    try {
      for (const key of this.#read) {
        // As it is by now: a newer file may have come, or another page have deleted it.
        const note = await this.#note(key);
        if (note) await this.#putNote(key, note).catch(() => {});
      }
      const now = Date.now();
      for (const { url } of await this.cache.keys()) {
        if (!url.startsWith(DATA)) continue;
        const key = decodeURIComponent(url.slice(DATA.length));
        const note = await this.#note(key);
        if (!note || now - note.used > KEEP) await this.delete(key);
      }
    } catch {
      // Next time, then.
    }
  }

  /** @returns whether there was space */
  async #put(key: string, file: Blob, note: Note): Promise<boolean> {
    try {
      await this.#putNote(key, note);
      await this.cache.put(DATA + encodeURIComponent(key), new Response(file));
      return true;
    } catch (error) {
      if ((error as Error).name === 'QuotaExceededError') return false;
      throw error;
    }
  }

  async #note(key: string): Promise<DatedNote | undefined> {
    const response = await this.cache.match(NOTE + encodeURIComponent(key));
    return response && ((await response.json()) as DatedNote);
  }

  #putNote(key: string, { url, sha256, etag, lastModified }: Note): Promise<void> {
    const note: DatedNote = {
      url,
      sha256,
      ...(etag !== undefined ? { etag } : {}),
      ...(lastModified !== undefined ? { lastModified } : {}),
      used: Date.now(),
    };
    return this.cache.put(NOTE + encodeURIComponent(key), new Response(JSON.stringify(note)));
  }

  /** A URL serves one version at a time: another one kept from there is a former one. */
  async #deleteOthersOf(key: string, url: string): Promise<void> {
    for (const [other, note] of await this.#notes()) {
      if (other !== key && note.url === url) await this.delete(other);
    }
  }

  /** @returns false when everything is in use */
  async #deleteOldest(): Promise<boolean> {
    const [oldest] = (await this.#notes()).sort(([, a], [, b]) => a.used - b.used);
    if (!oldest || Date.now() - oldest[1].used < IN_USE) return false;
    await this.delete(oldest[0]);
    return true;
  }

  async #notes(): Promise<[key: string, note: DatedNote][]> {
    const notes: [string, DatedNote][] = [];
    for (const { url } of await this.cache.keys()) {
      if (!url.startsWith(NOTE)) continue;
      const key = decodeURIComponent(url.slice(NOTE.length));
      const note = await this.#note(key);
      if (note) notes.push([key, note]);
    }
    return notes;
  }
}
