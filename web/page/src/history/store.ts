import { signal } from '@preact/signals';
import type { IDBPDatabase } from 'idb';
import type { Classification } from 'shiwu';
import { answerBefore } from '../answer/before.js';
import { Bin, newBatch } from '../kept/bin.js';
import { fromBytes, toBytes } from '../kept/bytes.js';
import { type Bar, barOf, openKept } from '../kept/database.js';
import { News } from '../kept/news.js';
import { HISTORY, type HistorySchema } from '../kept/schemas.js';

/** A photo that was named, as it is remembered: without the photo itself. */
export interface Memory {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** File name, or null for one that had none. */
  readonly name: string | null;
  readonly thumbnail: Blob | null;
  readonly result: Pick<Classification, 'predictions' | 'answer'>;
  /** Whether that model had one class only, which a photo is or is not. */
  readonly alone?: boolean;
  /** The model that named it. */
  readonly model: { readonly zh: string; readonly en: string };
}

/** The same, with bytes for its picture. */
export type StoredMemory = Omit<Memory, 'thumbnail'> & { readonly thumbnail: unknown };

/** More than this, and the oldest go. */
export const LIMIT = 500;

/** What is remembered, newest first; undefined until it has been read. */
export const memories = signal<readonly Memory[] | undefined>(undefined);

/** What bars the history from being kept, once that is known. */
export const barred = signal<Bar | null>(null);

const STORES = ['memories'] as const;

type Database = IDBPDatabase<HistorySchema>;

/** Another tab has remembered or removed something. */
const news = new News<null>('shiwu.history', () => {
  if (memories.value) void readMemories();
});

let opening: Promise<Database> | null = null;
/** Once it is open, so that a write can be sent off in the task that asks for it. */
let opened: Database | null = null;

export function openHistory(): Promise<Database> {
  opening ??= openKept(HISTORY, (bar) => {
    opening = null;
    opened = null;
    if (bar === 'newer') barred.value = bar;
  })
    .then(async (database) => {
      await binOf(database).emptyOfOthers();
      opened = database;
      // The page before this one may have stored something as it was reloaded, and told nobody.
      news.tell(null);
      return database;
    })
    .catch((error: unknown) => {
      opening = null;
      barred.value = barOf(error);
      throw error;
    });
  return opening;
}

const binOf = (database: Database) => new Bin<number>(database, STORES);

export async function readMemories(): Promise<void> {
  try {
    const database = await openHistory();
    const [all, gone] = await Promise.all([database.getAll('memories'), binOf(database).keys()]);
    memories.value = all
      .map((kept) => withAnswer(fromBytes<Memory>(kept)))
      .filter(({ id }) => !gone.has(id))
      .sort((a, b) => b.at - a.at || b.id - a.id);
  } catch {
    memories.value = [];
  }
}

/** What an earlier version kept had a category in place of an answer. */
function withAnswer(memory: Memory): Memory {
  const result: Memory['result'] & { category?: Parameters<typeof answerBefore>[1] } =
    memory.result;
  if (result.answer) return memory;
  const [first] = result.predictions;
  const named = first && { ...first, zh: first.label_zh, en: first.label_en };
  return { ...memory, result: { ...result, answer: answerBefore(named, result.category) } };
}

/** Where the history is open, this is sent off before it returns. Resolves to the id. */
export async function remember(memory: Omit<Memory, 'id' | 'thumbnail'>): Promise<number> {
  const database = opened ?? (await openHistory());
  const transaction = database.transaction('memories', 'readwrite', { durability: 'strict' });
  const added = transaction.store.add({ ...memory, thumbnail: null });
  transaction.commit();
  const [id] = await Promise.all([added, transaction.done]).catch((error: unknown) => {
    barred.value = barOf(error);
    throw error;
  });
  barred.value = null;
  await letOldestGo(database);
  await tell();
  return id;
}

async function letOldestGo(database: Database): Promise<void> {
  const transaction = database.transaction('memories', 'readwrite');
  const keys = await transaction.store.index('at').getAllKeys();
  const surplus = keys.slice(0, Math.max(0, keys.length - LIMIT));
  await Promise.all([...surplus.map((key) => transaction.store.delete(key)), transaction.done]);
}

/** What else was said of a photo; of a memory that has gone meanwhile nothing is. */
export function amend(id: number, result: Memory['result']): Promise<void> {
  return change(id, { result });
}

/** The small picture, which takes a while to make; of a memory that has gone meanwhile there is none. */
export async function illustrate(id: number, thumbnail: Blob): Promise<void> {
  await change(id, { thumbnail: await toBytes(thumbnail) });
}

async function change(id: number, news: Partial<StoredMemory>): Promise<void> {
  const transaction = (await openHistory()).transaction('memories', 'readwrite', {
    durability: 'strict',
  });
  const memory = (await transaction.store.get(id)) as object | undefined;
  if (memory) await transaction.store.put({ ...memory, ...news });
  await transaction.done;
  await tell();
}

/** Takes memories away, at first so that `restore` brings them back; sent off before it returns. */
export async function forget(ids: readonly number[], batch = newBatch()): Promise<string> {
  const database = opened ?? (await openHistory());
  const stored = binOf(database).put(ids, batch);
  const gone = new Set(ids);
  if (memories.value) memories.value = memories.value.filter(({ id }) => !gone.has(id));
  await stored;
  await tell();
  return batch;
}

/** Undoes `forget`. */
export async function restore(ids: readonly number[]): Promise<void> {
  await binOf(await openHistory()).takeOut(ids);
  await tell();
}

/** What was forgotten leaves the disk. */
export async function forgetForGood(batch: string): Promise<void> {
  await binOf(await openHistory()).empty(batch);
}

/** All of it at once, without a way back. */
export async function eraseHistory(): Promise<void> {
  const transaction = (await openHistory()).transaction(['memories', 'bin'], 'readwrite');
  const writes = [
    transaction.objectStore('memories').clear(),
    transaction.objectStore('bin').clear(),
  ];
  transaction.commit();
  await Promise.all([...writes, transaction.done]);
  await tell();
}

/** Every memory as it is stored, but what was forgotten. */
export async function allStored(): Promise<StoredMemory[]> {
  const database = await openHistory();
  const [all, gone] = await Promise.all([database.getAll('memories'), binOf(database).keys()]);
  return (all as StoredMemory[]).filter(({ id }) => !gone.has(id));
}

/** Memories that come back from a file, beside those that are here. Resolves to their ids. */
export async function addStored(all: readonly StoredMemory[]): Promise<number[]> {
  const transaction = (await openHistory()).transaction('memories', 'readwrite', {
    durability: 'strict',
  });
  const added = all.map(({ id: _, ...memory }) => transaction.store.add(memory));
  transaction.commit();
  const [ids] = await Promise.all([Promise.all(added), transaction.done]);
  await tell();
  return ids;
}

async function tell(): Promise<void> {
  news.tell(null);
  if (memories.value) await readMemories();
}
