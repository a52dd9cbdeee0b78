import type { IDBPDatabase, IDBPObjectStore } from 'idb';
import { openKept } from '../kept/database.js';
import { TAUGHT, type TaughtSchema } from '../kept/schemas.js';

/** What one model has been taught, as it is kept. */
export interface Kept {
  /** Of this very state: another lesson, in whichever tab, has another. */
  readonly stamp: string;
  /** As `exportTaught` gives it. */
  readonly file: ArrayBuffer;
  readonly names: readonly string[];
  /** What the model is called. */
  readonly model: { readonly zh: string; readonly en: string };
}

/** What came back from a file, and joins what is here once its model is at work. */
export interface Waiting extends Kept {
  /** The key of the model. */
  readonly of: string;
}

type Database = IDBPDatabase<TaughtSchema>;

async function withLessons<T>(act: (database: Database) => Promise<T>): Promise<T> {
  const database = await openKept(TAUGHT, () => {});
  try {
    return await act(database);
  } finally {
    database.close();
  }
}

/** Empty where nothing may be stored. */
export async function recallAll(): Promise<ReadonlyMap<string, Kept>> {
  try {
    return await withLessons(async (database) => {
      const { store } = database.transaction('lessons');
      const [keys, values] = await Promise.all([store.getAllKeys(), store.getAll()]);
      return new Map(keys.map((key, i) => [key, values[i] as Kept]));
    });
  } catch {
    return new Map();
  }
}

/** By their keys; empty where nothing may be stored. */
export async function recallWaiting(): Promise<ReadonlyMap<string, Waiting>> {
  try {
    return await withLessons(async (database) => {
      const { store } = database.transaction('waiting');
      const [keys, values] = await Promise.all([store.getAllKeys(), store.getAll()]);
      return new Map(keys.map((key, i) => [key, values[i] as Waiting]));
    });
  } catch {
    return new Map();
  }
}

/** Resolves once it is on the disk, and these wait no more; rejects where it cannot be. */
export function keep(key: string, value: Kept, taken: Iterable<string> = []): Promise<void> {
  return write((lessons, waiting) => [
    lessons.put(value, key),
    ...Array.from(taken, (each) => waiting.delete(each)),
  ]);
}

/** What a file brings, all of it at once. */
export function bring(lessons: ReadonlyMap<string, Kept>, waiting: readonly Waiting[]) {
  return write((lessonsStore, waitingStore) => [
    ...Array.from(lessons, ([key, kept]) => lessonsStore.put(kept, key)),
    ...waiting.map((each) => waitingStore.put(each, each.stamp)),
  ]);
}

/** Undoes `bring` where what it brought is still as it was. Gives what is not there any more. */
export async function takeAway(
  lessons: ReadonlyMap<string, Kept>,
  waiting: readonly Waiting[],
): Promise<Waiting[]> {
  const [now, coming] = await Promise.all([recallAll(), recallWaiting()]);
  const same = [...lessons].filter(([key, { stamp }]) => now.get(key)?.stamp === stamp);
  await write((lessonsStore, waitingStore) => [
    ...same.map(([key]) => lessonsStore.delete(key)),
    ...waiting.map(({ stamp }) => waitingStore.delete(stamp)),
  ]);
  return waiting.filter(({ stamp }) => !coming.has(stamp));
}

export function forgetWaiting(keys: readonly string[]): Promise<void> {
  return write((_, waiting) => keys.map((key) => waiting.delete(key)));
}

export async function forgetAll(): Promise<void> {
  await write((lessons, waiting) => [lessons.clear(), waiting.clear()]);
}

type Writable<Name extends 'lessons' | 'waiting'> = IDBPObjectStore<
  TaughtSchema,
  ('lessons' | 'waiting')[],
  Name,
  'readwrite'
>;

/** What `act` asks for is written wholly or not at all. */
function write(
  act: (lessons: Writable<'lessons'>, waiting: Writable<'waiting'>) => Promise<unknown>[],
): Promise<void> {
  return withLessons(async (database) => {
    const stores: ('lessons' | 'waiting')[] = ['lessons', 'waiting'];
    const transaction = database.transaction(stores, 'readwrite', { durability: 'strict' });
    const writes = act(transaction.objectStore('lessons'), transaction.objectStore('waiting'));
    // A busy thread would never let it commit by itself.
    transaction.commit();
    await Promise.all([...writes, transaction.done]);
  });
}
