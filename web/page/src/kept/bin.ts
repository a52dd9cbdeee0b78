import type { IDBPDatabase, IDBPObjectStore } from 'idb';
import type { Removed } from './schemas.js';

type BinStore = IDBPObjectStore<unknown, ['bin'], 'bin', 'readwrite'>;

/** A name for what is removed at once and comes back at once. */
export function newBatch(): string {
  // randomUUID is lacking without https.
  const numbers = crypto.getRandomValues(new Uint32Array(4));
  return `shiwu.${Array.from(numbers, String).join('.')}`;
}

/**
 * What is removed is only marked at first, so that it can come back wholly, whatever another tab has done to it
 * meanwhile, and so that a removal needs to read nothing: it is sent off in the task that asks for it.
 */
export class Bin<K extends string | number> {
  readonly #database: IDBPDatabase;
  readonly #stores: readonly string[];

  /** `stores`: where records lie under the keys that are removed. */
  constructor(database: unknown, stores: readonly string[]) {
    this.#database = database as IDBPDatabase;
    this.#stores = stores;
  }

  /** While this page is there, the batch can be taken out of the bin by it. */
  async put(keys: readonly K[], batch: string): Promise<void> {
    void navigator.locks?.request(batch, () => new Promise(() => {}));
    await this.#write((store) => keys.map((key) => store.put({ batch }, key)));
  }

  /** Undoes `put`. */
  async takeOut(keys: readonly K[]): Promise<void> {
    await this.#write((store) => keys.map((key) => store.delete(key)));
  }

  async keys(): Promise<Set<K>> {
    return new Set((await this.#database.getAllKeys('bin')) as K[]);
  }

  /** Takes a batch off the disk. What was taken out of the bin stays. */
  async empty(batch: string): Promise<void> {
    await this.#emptyWhere((each) => each === batch);
  }

  /**
   * The same for what no page can take out any more; what one still can, when it has gone. The marks are read first:
   * what comes into the bin after that is offered by somebody.
   */
  async emptyOfOthers(): Promise<void> {
    const marks = (await this.#database.getAll('bin')) as Removed[];
    const there = new Set(marks.map(({ batch }) => batch));
    const { held = [], pending = [] } = (await navigator.locks?.query()) ?? {};
    const offered = new Set([...held, ...pending].map(({ name }) => name));
    await this.#emptyWhere((batch) => there.has(batch) && !offered.has(batch));
    for (const batch of there) {
      if (offered.has(batch))
        void navigator.locks.request(batch, () => this.empty(batch)).catch(() => {});
    }
  }

  async #emptyWhere(which: (batch: string) => boolean): Promise<void> {
    const transaction = this.#database.transaction(['bin', ...this.#stores], 'readwrite');
    const bin = transaction.objectStore('bin');
    const [keys, marks] = await Promise.all([bin.getAllKeys(), bin.getAll() as Promise<Removed[]>]);
    const gone = keys.filter((_, i) => which((marks[i] as Removed).batch));
    const writes = [...transaction.objectStoreNames].flatMap((name) =>
      gone.map((key) => transaction.objectStore(name).delete(key)),
    );
    await Promise.all([...writes, transaction.done]);
  }

  async #write(act: (store: BinStore) => Promise<unknown>[]): Promise<void> {
    const transaction = this.#database.transaction('bin', 'readwrite', { durability: 'strict' });
    const writes = act(transaction.store);
    transaction.commit();
    await Promise.all([...writes, transaction.done]);
  }
}
