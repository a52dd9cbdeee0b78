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

export async function rememberModel(own: OwnModel): Promise<void> {
  remembered.value = own;
  // A disk that is full costs the next visit, not this one.
  const keep = (value: unknown) => withModels((database) => database.put('models', value, KEY));
  await keep(own)
    .catch(async (error: unknown) => isFull(error) || keep(await toBytes(own)))
    .catch(() => {});
}

export async function forgetModel(): Promise<void> {
  remembered.value = null;
  await withModels((database) => database.clear('models')).catch(() => {});
}
