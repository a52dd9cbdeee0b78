import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { answerBefore } from '../answer/before.js';
import { fromBytes, isFull, toBytes } from '../kept/bytes.js';
import type { Entry } from './types.js';

interface Album extends DBSchema {
  entries: { key: string; value: Entry };
  /** Embeddings, as alike.ts packs them. */
  vectors: { key: string; value: Int8Array<ArrayBuffer> };
  /** Blobs, or their bytes. */
  thumbnails: { key: string; value: unknown };
  /** Files, or their bytes. */
  originals: { key: string; value: unknown };
}

export const DATABASE = 'shiwu.album';

/** Of what the browser lets this site store, originals take this part at most. */
const SHARE_FOR_ORIGINALS = 0.25;

/** Bytes that originals may take where the browser does not say how much room there is, as WebKitGTK. */
const UNTOLD_ROOM = 200_000_000;

/** More files in one transaction, and the page would miss a frame while they are handed over. */
const AT_ONCE = 25;

const STORES = ['entries', 'vectors', 'thumbnails', 'originals'] as const;

/** What an earlier version kept had a category in place of an answer. */
function withAnswer(entry: Entry): Entry {
  if (entry.answer !== undefined) return entry;
  const { category } = entry as { readonly category?: Parameters<typeof answerBefore>[1] };
  const answer = entry.state === 'named' ? answerBefore(entry.guesses[0], category) : null;
  return { ...entry, answer };
}

/**
 * Where the album lies between visits: IndexedDB. Whoever calls keeps everything in memory as well
 * and only copies it here, so a refusal (private mode, a full disk) costs the next visit, not this one.
 * What is written is committed at once: by itself the browser commits when the page's thread has nothing else
 * to do, and who reloads before that has lost it.
 */
export class Shelf {
  readonly #database: IDBPDatabase<Album>;

  private constructor(database: IDBPDatabase<Album>) {
    this.#database = database;
  }

  /** Null where nothing may be stored. */
  static async open(): Promise<Shelf | null> {
    try {
      return new Shelf(
        await openDB<Album>(DATABASE, 1, {
          upgrade: (database) => {
            for (const store of STORES) database.createObjectStore(store);
          },
          // Another tab may erase or renew it.
          blocking: (_old, _new, event) => (event.target as IDBDatabase).close(),
        }),
      );
    } catch {
      return null;
    }
  }

  /** All entries, in the order in which they were put in. */
  async entries(): Promise<Entry[]> {
    const all = (await this.#database.getAll('entries')).map(withAnswer);
    return all.sort((a, b) => a.order - b.order);
  }

  /** Keys of the photos whose originals can be had without putting them in again. */
  async keysOfOriginals(): Promise<Set<string>> {
    return new Set(await this.#database.getAllKeys('originals'));
  }

  /**
   * Keeps new entries, then copies of their files, as long as those do not take too much of the room that
   * there is: what is still waiting can then be named by the next visit.
   */
  async add(all: readonly { entry: Entry; original: File }[]): Promise<void> {
    // Entries first: copying files takes long, and whoever leaves meanwhile loses no photo from the list.
    await this.save(all);
    let room = await this.#roomForOriginals();
    const kept = all.filter(({ original: { size } }) => {
      if (size > room) return false;
      room -= size;
      return true;
    });
    for (let i = 0; i < kept.length; i += AT_ONCE) {
      const some = kept.slice(i, i + AT_ONCE);
      try {
        await this.#putOriginals(some);
      } catch (error) {
        if (isFull(error)) throw error;
        // One after the other: bytes lie in memory.
        for (const { entry, original } of some) {
          await this.#putOriginals([{ entry, original: await toBytes(original) }]);
        }
      }
    }
  }

  async #putOriginals(some: readonly { entry: Entry; original: unknown }[]): Promise<void> {
    const transaction = this.#database.transaction('originals', 'readwrite');
    const writes = some.map(({ entry, original }) => transaction.store.put(original, entry.key));
    await Promise.all([...writes, transaction.done]);
  }

  /**
   * Keeps what has become of entries, with the embeddings of those that have one. `strict`: on the disk, not
   * only with the operating system, when it is said to be kept.
   */
  async save(
    all: readonly { entry: Entry; vector?: Int8Array<ArrayBuffer> | undefined }[],
    durability: IDBTransactionDurability = 'default',
  ): Promise<void> {
    const transaction = this.#database.transaction(['entries', 'vectors'], 'readwrite', {
      durability,
    });
    const entries = transaction.objectStore('entries');
    const vectors = transaction.objectStore('vectors');
    const writes = all.flatMap(({ entry, vector }) => [
      entries.put(entry, entry.key),
      ...(vector ? [vectors.put(vector, entry.key)] : []),
    ]);
    transaction.commit();
    await Promise.all([...writes, transaction.done]);
  }

  async original(key: string): Promise<File | undefined> {
    return fromBytes(await this.#database.get('originals', key));
  }

  async thumbnail(key: string): Promise<Blob | undefined> {
    return fromBytes(await this.#database.get('thumbnails', key));
  }

  async saveThumbnail(key: string, thumbnail: Blob): Promise<void> {
    // Small enough to be kept as bytes everywhere.
    await this.#database.put('thumbnails', await toBytes(thumbnail), key);
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

  async remove(keys: readonly string[]): Promise<void> {
    const transaction = this.#database.transaction(STORES, 'readwrite');
    const writes = STORES.flatMap((store) =>
      keys.map((key) => transaction.objectStore(store).delete(key)),
    );
    transaction.commit();
    await Promise.all([...writes, transaction.done]);
  }

  async clear(): Promise<void> {
    const transaction = this.#database.transaction(STORES, 'readwrite');
    const writes = STORES.map((store) => transaction.objectStore(store).clear());
    transaction.commit();
    await Promise.all([...writes, transaction.done]);
  }

  close(): void {
    this.#database.close();
  }

  /** Bytes that may still be taken for originals. */
  async #roomForOriginals(): Promise<number> {
    const told = await navigator.storage?.estimate?.().catch(() => null);
    if (told) return Math.max(0, (told.quota ?? 0) * SHARE_FOR_ORIGINALS - (told.usage ?? 0));
    const [entries, kept] = await Promise.all([this.entries(), this.keysOfOriginals()]);
    const taken = entries.reduce((sum, { key, size }) => sum + (kept.has(key) ? size : 0), 0);
    return Math.max(0, UNTOLD_ROOM - taken);
  }
}
