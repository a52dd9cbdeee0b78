import { signal } from '@preact/signals';
import type { IDBPDatabase } from 'idb';
import { Bin, newBatch } from '../kept/bin.js';
import { fromBytes, isFull, toBytes } from '../kept/bytes.js';
import { openKept } from '../kept/database.js';
import { keepForGood } from '../kept/persist.js';
import { MODEL, type ModelSchema } from '../kept/schemas.js';
import type { OwnModel } from './own-model.js';

/** One is kept: the one that was put in last. */
const KEY = 'own';

/** The model that is kept; undefined until it has been looked for. */
export const remembered = signal<OwnModel | null | undefined>(undefined);

type Database = IDBPDatabase<ModelSchema>;

const binOf = (database: Database) => new Bin<string>(database, ['models']);

let opening: Promise<Database> | null = null;

function open(): Promise<Database> {
  const again = () => {
    opening = null;
  };
  opening ??= openKept(MODEL, again).then(async (database) => {
    await binOf(database).emptyOfOthers();
    return database;
  });
  opening.catch(again);
  return opening;
}

export async function recallModel(): Promise<OwnModel | null> {
  try {
    const database = await open();
    const [kept, gone] = await Promise.all([database.get('models', KEY), binOf(database).keys()]);
    remembered.value ??= gone.has(KEY) ? null : (fromBytes<OwnModel | undefined>(kept) ?? null);
  } catch {
    // Private windows keep nothing.
    remembered.value ??= null;
  }
  return remembered.value;
}

/** Resolves to whether the next visit will find it. */
export async function rememberModel(own: OwnModel): Promise<boolean> {
  if (remembered.value === own) return true; // it was recalled
  try {
    await keep(own).catch(async (error: unknown) => {
      if (isFull(error)) throw error;
      await keep(await toBytes(own));
    });
  } catch {
    return false; // a disk that is full costs the next visit, not this one
  }
  remembered.value = own;
  keepForGood();
  return true;
}

async function keep(value: unknown): Promise<void> {
  const transaction = (await open()).transaction(['models', 'bin'], 'readwrite', {
    durability: 'strict',
  });
  const writes = [
    transaction.objectStore('models').put(value, KEY),
    transaction.objectStore('bin').delete(KEY),
  ];
  transaction.commit();
  await Promise.all([...writes, transaction.done]);
}

/** Takes it away, at first so that `bringModelBack` can undo it. Gives the name for `forgetForGood`. */
export async function forgetModel(): Promise<string> {
  const batch = newBatch();
  await binOf(await open()).put([KEY], batch);
  remembered.value = null;
  return batch;
}

/** Undoes `forgetModel`. */
export async function bringModelBack(own: OwnModel): Promise<void> {
  await binOf(await open()).takeOut([KEY]);
  remembered.value = own;
}

/** What was forgotten leaves the disk. */
export async function forgetForGood(batch: string): Promise<void> {
  await binOf(await open()).empty(batch);
}
