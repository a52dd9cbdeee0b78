import { signal } from '@preact/signals';
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { fromBytes, isFull, toBytes } from '../kept/bytes.js';
import type { OwnModel } from './own-model.js';

interface Models extends DBSchema {
  /** An OwnModel, or one with bytes for its file. */
  models: { key: string; value: unknown };
}

export const DATABASE = 'shiwu.model';

/** One is kept: the one that was put in last. */
const KEY = 'own';

/** The model that is kept; undefined until it has been looked for. */
export const remembered = signal<OwnModel | null | undefined>(undefined);

async function withModels<T>(act: (database: IDBPDatabase<Models>) => Promise<T>): Promise<T> {
  const database = await openDB<Models>(DATABASE, 1, {
    upgrade: (fresh) => {
      fresh.createObjectStore('models');
    },
  });
  try {
    return await act(database);
  } finally {
    database.close();
  }
}

export async function recallModel(): Promise<OwnModel | null> {
  try {
    const kept = await withModels((database) => database.get('models', KEY));
    remembered.value ??= fromBytes<OwnModel | undefined>(kept) ?? null;
  } catch {
    // Private windows keep nothing.
    remembered.value ??= null;
  }
  return remembered.value;
}

/** Resolves to whether the next visit will find it. */
export async function rememberModel(own: OwnModel): Promise<boolean> {
  if (remembered.value === own) return true; // it was recalled
  const keep = (value: unknown) => withModels((database) => database.put('models', value, KEY));
  try {
    await keep(own).catch(async (error: unknown) => {
      if (isFull(error)) throw error;
      await keep(await toBytes(own));
    });
  } catch {
    return false; // a disk that is full costs the next visit, not this one
  }
  remembered.value = own;
  return true;
}

export async function forgetModel(): Promise<void> {
  remembered.value = null;
  await withModels((database) => database.clear('models')).catch(() => {});
}
