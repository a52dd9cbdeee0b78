import type { IDBPDatabase } from 'idb';
import { Bin, newBatch } from '../kept/bin.js';
import { fromBytes, isFull, toBytes } from '../kept/bytes.js';
import { type Bar, openKept } from '../kept/database.js';
import { ALBUM, type AlbumSchema, type StoredEntry } from '../kept/schemas.js';
import type { Entry, Guess } from './types.js';

/** Of what the browser lets this site store, originals take this part at most. */
const SHARE_FOR_ORIGINALS = 0.25;

/** Bytes that originals may take where the browser does not say how much room there is, as WebKitGTK. */
const UNTOLD_ROOM = 200_000_000;

/** More files in one transaction, and the page would miss a frame while they are handed over. */
const AT_ONCE = 25;

/** More photos than this are read faster all together. */
const ONE_BY_ONE = 30;

/** Where something lies under a photo's key. */
const STORES = ['entries', 'corrections', 'vectors', 'thumbnails', 'originals'] as const;

/** What a run found out about a photo. */
export interface Naming {
  readonly key: string;
  readonly news: Partial<Omit<StoredEntry, 'key' | 'order'>>;
  readonly vector?: Int8Array<ArrayBuffer> | undefined;
}

/** Photos as the disk has them. */
export interface Reading {
  /** In the order of the album. */
  readonly entries: Entry[];
  /** Keys of those whose originals can be had without putting them in again. */
  readonly originals: ReadonlySet<string>;
}

/**
 * Where the album lies between visits, for all tabs: IndexedDB. One rule: a write changes what it is about and
 * nothing else, within one transaction, and is shown when it is stored. What a person does (correct, remove, undo)
 * reads nothing, so that it is committed in the task that asks for it: by itself the browser commits when the
 * page's thread has nothing else to do, and who reloads before that has lost it. What is worked out (names, small
 * pictures) is written only where its photo still is.
 */
export class Shelf {
  readonly #database: IDBPDatabase<AlbumSchema>;
  readonly #bin: Bin<string>;
  /** Null: not yet known. */
  #takesBlobs: boolean | null = null;

  private constructor(database: IDBPDatabase<AlbumSchema>) {
    this.#database = database;
    this.#bin = new Bin(database, STORES);
  }

  /** Throws `NotKept` where nothing may be stored. */
  static async open(onLost: (bar: Bar) => void): Promise<Shelf> {
    const shelf = new Shelf(await openKept(ALBUM, onLost));
    await shelf.#bin.emptyOfOthers();
    return shelf;
  }

  /**
   * These photos, as far as they are in the album; without keys, all of them. Ended as soon as it is asked: what a
   * person does meanwhile would wait for it, and be lost with a page that is reloaded.
   */
  async read(keys?: readonly string[]): Promise<Reading> {
    const transaction = this.#database.transaction(['entries', 'corrections', 'originals', 'bin']);
    const entries = transaction.objectStore('entries');
    const corrections = transaction.objectStore('corrections');
    const originals = transaction.objectStore('originals');
    const bin = transaction.objectStore('bin');
    if (keys && keys.length <= ONE_BY_ONE) {
      const reading = keys.map((key) =>
        Promise.all([
          entries.get(key),
          corrections.get(key),
          originals.getKey(key),
          bin.getKey(key),
        ]),
      );
      transaction.commit();
      const there = (await Promise.all(reading)).flatMap(([entry, corrected, original, gone]) =>
        entry && gone === undefined ? { entry: whole(entry, corrected), original } : [],
      );
      return {
        entries: inOrder(there.map(({ entry }) => entry)),
        originals: new Set(there.flatMap(({ entry, original }) => (original ? entry.key : []))),
      };
    }
    const reading = Promise.all([
      entries.getAll(),
      corrections.getAllKeys(),
      corrections.getAll(),
      originals.getAllKeys(),
      bin.getAllKeys(),
    ]);
    transaction.commit();
    const [all, corrected, corrections_, kept, removed] = await reading;
    const gone = new Set(removed);
    const said = new Map(corrected.map((key, i) => [key, corrections_[i]]));
    const asked = keys && new Set(keys);
    const living = all.filter(({ key }) => !gone.has(key) && (!asked || asked.has(key)));
    return {
      entries: inOrder(living.map((entry) => whole(entry, said.get(entry.key)))),
      originals: new Set(kept.filter((key) => !gone.has(key) && (!asked || asked.has(key)))),
    };
  }

  /** The intake that may add photos, for `add`. */
  async intake(): Promise<string> {
    return (await this.#database.get('meta', 'intake')) ?? '';
  }

  /** Of any tab: what an intake that has begun before has not yet added stays out. Gives the next one. */
  async endIntakes(): Promise<string> {
    const next = newBatch();
    const transaction = this.#database.transaction('meta', 'readwrite', { durability: 'strict' });
    const write = transaction.store.put(next, 'intake');
    transaction.commit();
    await Promise.all([write, transaction.done]);
    return next;
  }

  /** Photos that earlier intakes added and that are still there: those of other tabs may be among them. */
  async addedBefore(intake: string): Promise<Entry[]> {
    const [stored, { entries }] = await Promise.all([
      this.#database.getAll('entries'),
      this.read(),
    ]);
    const later = new Set(stored.filter((entry) => entry.intake === intake).map(({ key }) => key));
    return entries.filter(({ key }) => !later.has(key));
  }

  /**
   * Adds photos that are not there; those that were just removed come back as they were. Gives the keys of both,
   * or null when the intake has been ended.
   */
  async add(blanks: readonly StoredEntry[], intake: string): Promise<string[] | null> {
    const stores = ['entries', 'bin', 'meta'] as const;
    const transaction = this.#database.transaction(stores, 'readwrite', { durability: 'strict' });
    const entries = transaction.objectStore('entries');
    const bin = transaction.objectStore('bin');
    const now = await transaction.objectStore('meta').get('intake');
    if ((now ?? '') !== intake) return null;
    const added = await Promise.all(
      blanks.map(async (blank) => {
        const [there, removed] = await Promise.all([entries.get(blank.key), bin.getKey(blank.key)]);
        if (there && removed === undefined) return [];
        await Promise.all([
          entries.put({ ...(there ?? blank), intake }, blank.key),
          bin.delete(blank.key),
        ]);
        return blank.key;
      }),
    );
    await transaction.done;
    return added.flat();
  }

  /**
   * Keeps copies of files, as long as they do not take too much of the room that there is: what is still waiting
   * can then be named by another tab or the next visit. `onKept` hears of each lot.
   */
  async keepOriginals(
    all: readonly { readonly key: string; readonly file: File }[],
    onKept: (keys: readonly string[]) => void,
  ): Promise<void> {
    let room = await this.#roomForOriginals();
    const kept = all.filter(({ file: { size } }) => {
      if (size > room) return false;
      room -= size;
      return true;
    });
    await this.putOriginals(kept, onKept);
  }

  /** The same, whatever room they take. */
  async putOriginals(
    all: readonly { readonly key: string; readonly file: File }[],
    onKept: (keys: readonly string[]) => void,
  ): Promise<void> {
    const kept = [...all];
    while (kept.length > 0) {
      const some = kept.splice(0, this.#takesBlobs ? AT_ONCE : 1);
      if (this.#takesBlobs) {
        await this.#putWhereThere(
          'originals',
          some.map(({ key, file }) => [key, file]),
        );
      } else {
        for (const { key, file } of some) await this.#tryOriginal(key, file);
      }
      onKept(some.map(({ key }) => key));
    }
  }

  /**
   * Alone: WebKit's private windows refuse a Blob, and a transaction in which anything else is still under way then
   * never ends, and bars all that come after it. Bytes lie in memory, so they go one after the other.
   */
  async #tryOriginal(key: string, file: File): Promise<void> {
    if (this.#takesBlobs === null) {
      try {
        await this.#putWhereThere('originals', [[key, file]]);
        this.#takesBlobs = true;
        return;
      } catch (error) {
        if (isFull(error)) throw error;
        this.#takesBlobs = false;
      }
    }
    await this.#putWhereThere('originals', [[key, await toBytes(file)]]);
  }

  /** Keeps what a run found out, where the photo still is. */
  async name(namings: readonly Naming[]): Promise<void> {
    const transaction = this.#database.transaction(['entries', 'vectors'], 'readwrite');
    const entries = transaction.objectStore('entries');
    const vectors = transaction.objectStore('vectors');
    await Promise.all(
      namings.map(async ({ key, news, vector }) => {
        const entry = await entries.get(key);
        if (!entry) return;
        await entries.put({ ...entry, ...news }, key);
        if (vector) await vectors.put(vector, key);
      }),
    );
    await transaction.done;
  }

  /** What a person says photos show; null takes it back. */
  async correct(all: readonly { key: string; corrected: Guess | null }[]): Promise<void> {
    const transaction = this.#database.transaction('corrections', 'readwrite', {
      durability: 'strict',
    });
    const { store } = transaction;
    const writes = all.map(({ key, corrected }) =>
      corrected ? store.put(corrected, key) : store.delete(key),
    );
    transaction.commit();
    await Promise.all([...writes, transaction.done]);
  }

  remove(keys: readonly string[], batch: string): Promise<void> {
    return this.#bin.put(keys, batch);
  }

  /** Undoes `remove`. */
  restore(keys: readonly string[]): Promise<void> {
    return this.#bin.takeOut(keys);
  }

  /** What was removed leaves the disk. */
  forget(batch: string): Promise<void> {
    return this.#bin.empty(batch);
  }

  async original(key: string): Promise<File | undefined> {
    return fromBytes(await this.#database.get('originals', key));
  }

  async thumbnail(key: string): Promise<Blob | undefined> {
    return fromBytes(await this.#database.get('thumbnails', key));
  }

  async saveThumbnail(key: string, thumbnail: Blob): Promise<void> {
    // Small enough to be kept as bytes everywhere.
    await this.#putWhereThere('thumbnails', [[key, await toBytes(thumbnail)]]);
  }

  /** Embeddings by key. */
  async vectors(): Promise<Map<string, Int8Array>> {
    const transaction = this.#database.transaction('vectors');
    const [keys, values] = await Promise.all([
      transaction.store.getAllKeys(),
      transaction.store.getAll(),
    ]);
    return new Map(keys.map((key, i) => [key, values[i] as Int8Array]));
  }

  /** All of it at once, without a way back. */
  async erase(): Promise<void> {
    const stores = [...STORES, 'bin'] as const;
    const transaction = this.#database.transaction(stores, 'readwrite');
    const writes = stores.map((store) => transaction.objectStore(store).clear());
    transaction.commit();
    await Promise.all([...writes, transaction.done]);
  }

  close(): void {
    this.#database.close();
  }

  async #putWhereThere(
    name: 'originals' | 'thumbnails',
    values: readonly (readonly [key: string, value: unknown])[],
  ): Promise<void> {
    const transaction = this.#database.transaction(['entries', name], 'readwrite');
    const entries = transaction.objectStore('entries');
    const store = transaction.objectStore(name);
    const writes = values.map(async ([key, value]) => {
      if ((await entries.getKey(key)) !== undefined) await store.put(value, key);
    });
    await Promise.all([...writes, transaction.done]);
  }

  /** Bytes that may still be taken for originals. */
  async #roomForOriginals(): Promise<number> {
    const told = await navigator.storage?.estimate?.().catch(() => null);
    if (told) return Math.max(0, (told.quota ?? 0) * SHARE_FOR_ORIGINALS - (told.usage ?? 0));
    const { entries, originals } = await this.read();
    const taken = entries.reduce((sum, { key, size }) => sum + (originals.has(key) ? size : 0), 0);
    return Math.max(0, UNTOLD_ROOM - taken);
  }
}

function whole({ intake: _, ...entry }: StoredEntry, corrected: Guess | undefined): Entry {
  return { ...entry, corrected: corrected ?? null };
}

/** Two tabs may have given the same place. */
export function inOrder(entries: Entry[]): Entry[] {
  return entries.sort((a, b) => a.order - b.order || (a.key < b.key ? -1 : 1));
}
