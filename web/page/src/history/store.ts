import { signal } from '@preact/signals';
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Classification } from 'shiwu';
import { answerBefore } from '../answer/before.js';
import { fromBytes, toBytes } from '../kept/bytes.js';

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

interface History extends DBSchema {
  /** Memories with bytes for the small picture; earlier versions kept the Blob. */
  memories: { key: number; value: unknown };
}

export const DATABASE = 'shiwu.history';

/** More than this, and the oldest go. */
export const LIMIT = 500;

/** What is remembered, newest first; undefined until it has been read. */
export const memories = signal<readonly Memory[] | undefined>(undefined);

let opening: Promise<IDBPDatabase<History>> | null = null;

function open(): Promise<IDBPDatabase<History>> {
  opening ??= openDB<History>(DATABASE, 1, {
    upgrade: (database) => {
      database.createObjectStore('memories', { keyPath: 'id', autoIncrement: true });
    },
    blocking: (_old, _new, event) => {
      (event.target as IDBDatabase).close();
      opening = null;
    },
  });
  opening.catch(() => {
    opening = null;
  });
  return opening;
}

export async function readMemories(): Promise<void> {
  try {
    const all = await (await open()).getAll('memories');
    memories.value = all.map((kept) => withAnswer(fromBytes<Memory>(kept))).reverse();
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

export async function remember(memory: Omit<Memory, 'id'>): Promise<void> {
  const kept = await toBytes(memory);
  const transaction = (await open()).transaction('memories', 'readwrite');
  await transaction.store.add(kept);
  let surplus = (await transaction.store.count()) - LIMIT;
  for (let cursor = await transaction.store.openCursor(); cursor && surplus > 0; surplus--) {
    await cursor.delete();
    cursor = await cursor.continue();
  }
  await transaction.done;
  if (memories.value) await readMemories();
}

export async function forget(id: number): Promise<void> {
  await (await open()).delete('memories', id);
  await readMemories();
}

/** Puts back what was just forgotten. */
export async function restore(memory: Memory): Promise<void> {
  await (await open()).put('memories', await toBytes(memory));
  await readMemories();
}

export async function forgetAll(): Promise<void> {
  await (await open()).clear('memories');
  await readMemories();
}
