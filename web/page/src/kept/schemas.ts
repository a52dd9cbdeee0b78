import type { DBSchema, StoreNames } from 'idb';
import type { Entry, Guess } from '../album/types.js';
import { answerBefore } from '../answer/before.js';
import type { Kept, Waiting } from '../teach/store.js';
import type { Schema, Step } from './database.js';

/**
 * Everything that the page keeps in IndexedDB, and every form that it has had. To change one, add a step and a
 * test that begins with a database of the version before.
 */

/** What is removed, by its key, until it leaves the disk: bin.ts. */
export interface Removed {
  readonly batch: string;
}

/** An entry as it is stored: what a person has said of the photo lies by itself, for it is written by itself. */
export type StoredEntry = Omit<Entry, 'corrected'> & {
  /** The intake that brought it; those of version 1 have none. */
  readonly intake?: string;
};

export interface AlbumSchema extends DBSchema {
  entries: { key: string; value: StoredEntry };
  corrections: { key: string; value: Guess };
  /** Embeddings, as the library's `levels`. */
  vectors: { key: string; value: Int8Array<ArrayBuffer> };
  /** Blobs, or their bytes. */
  thumbnails: { key: string; value: unknown };
  /** Files, or their bytes. */
  originals: { key: string; value: unknown };
  bin: { key: string; value: Removed };
  /** `intake`: the intake that may add photos. */
  meta: { key: string; value: string };
}

export const ALBUM: Schema<AlbumSchema> = {
  name: 'shiwu.album',
  steps: [
    create('entries', 'vectors', 'thumbnails', 'originals'),
    async (transaction) => {
      await create<AlbumSchema>('corrections', 'bin', 'meta')(transaction);
      const corrections = transaction.objectStore('corrections' as never);
      const entries = transaction.objectStore('entries' as never);
      for (let at = await entries.openCursor(); at; at = await at.continue()) {
        const { corrected, ...entry } = withAnswer(at.value as Entry);
        await at.update(entry as never);
        if (corrected) await corrections.put(corrected as never, entry.key as never);
      }
    },
  ],
};

/** Of the first versions: a category in place of an answer. */
function withAnswer(entry: Entry): Entry {
  if (entry.answer !== undefined) return entry;
  const { category, ...rest } = entry as Entry & {
    readonly category?: Parameters<typeof answerBefore>[1];
  };
  const answer = entry.state === 'named' ? answerBefore(entry.guesses[0], category) : null;
  return { ...rest, answer };
}

export interface HistorySchema extends DBSchema {
  /** Memories with bytes for the small picture; earlier versions kept the Blob. */
  memories: { key: number; value: unknown; indexes: { at: number } };
  bin: { key: number; value: Removed };
}

export const HISTORY: Schema<HistorySchema> = {
  name: 'shiwu.history',
  steps: [
    (transaction) => {
      const options = { keyPath: 'id', autoIncrement: true };
      transaction.db.createObjectStore('memories', options);
    },
    create('bin'),
    // What comes back from a file is younger by its number than by its date.
    (transaction) => {
      transaction.objectStore('memories' as never).createIndex('at' as never, 'at');
    },
  ],
};

export interface ModelSchema extends DBSchema {
  /** An OwnModel, or one with bytes for its files. */
  models: { key: string; value: unknown };
  bin: { key: string; value: Removed };
}

export const MODEL: Schema<ModelSchema> = {
  name: 'shiwu.model',
  steps: [create('models'), create('bin')],
};

export interface TaughtSchema extends DBSchema {
  /** By the model that they were taught. */
  lessons: { key: string; value: Kept };
  /** By a stamp of their own: what came back from a file, for models that had been taught something here. */
  waiting: { key: string; value: Waiting };
}

export const TAUGHT: Schema<TaughtSchema> = {
  name: 'shiwu.taught',
  steps: [create('lessons'), create('waiting')],
};

function create<T extends DBSchema>(...names: StoreNames<T>[]): Step<T> {
  return (transaction) => {
    for (const name of names) transaction.db.createObjectStore(name);
  };
}
