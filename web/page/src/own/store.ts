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

/** Those that lie on the disk, or did: what has become of them there is not undone by their being put to work. */
const stored = new WeakSet<OwnModel>();

export async function recallModel(): Promise<OwnModel | null> {
  const before = remembered.value;
  const found = before ?? (await read());
  if (found) stored.add(found);
  // What was done meanwhile is newer than what was read.
  if (remembered.value === before) remembered.value = found;
  return remembered.value ?? null;
}

/** Null where there is none, and in private windows, which keep nothing. */
async function read(): Promise<OwnModel | null> {
  try {
    const transaction = (await open()).transaction(['models', 'bin']);
    const reading = Promise.all([
      transaction.objectStore('models').get(KEY),
      transaction.objectStore('bin').getKey(KEY),
    ]);
    transaction.commit();
    const [kept, gone] = await reading;
    return gone === undefined ? (fromBytes<OwnModel | undefined>(kept) ?? null) : null;
  } catch {
    return null;
  }
}

/** Resolves to whether the next visit will find it. `isMeant`: what is not wanted by then is not written. */
export async function rememberModel(own: OwnModel, isMeant = () => true): Promise<boolean> {
  if (stored.has(own)) return true;
  try {
    if (!(await keep(own, isMeant))) return false;
  } catch {
    return false; // a disk that is full costs the next visit, not this one
  }
  stored.add(own);
  remembered.value = own;
  keepForGood();
  return true;
}

async function keep(own: OwnModel, isMeant: () => boolean): Promise<boolean> {
  try {
    return await write(own, isMeant);
  } catch (error) {
    if (isFull(error)) throw error;
    return write(await toBytes(own), isMeant);
  }
}

async function write(value: unknown, isMeant: () => boolean): Promise<boolean> {
  const database = await open();
  if (!isMeant()) return false;
  const transaction = database.transaction(['models', 'bin'], 'readwrite', {
    durability: 'strict',
  });
  const writes = [
    transaction.objectStore('models').put(value, KEY),
    transaction.objectStore('bin').delete(KEY),
  ];
  transaction.commit();
  await Promise.all([...writes, transaction.done]);
  return true;
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
  const bin = binOf(await open());
  if ((await bin.keys()).has(KEY)) await bin.takeOut([KEY]);
  else await keep(own, () => true); // another one has been put in meanwhile
  remembered.value = own;
}

/** What was forgotten leaves the disk. */
export async function forgetForGood(batch: string): Promise<void> {
  await binOf(await open()).empty(batch);
}
