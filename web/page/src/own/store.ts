import { signal } from '@preact/signals';
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { OwnModel } from './own-model.js';

interface Models extends DBSchema {
  models: { key: string; value: OwnModel };
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
    remembered.value ??= (await withModels((database) => database.get('models', KEY))) ?? null;
  } catch {
    // Private windows keep nothing.
    remembered.value ??= null;
  }
  return remembered.value;
}

export async function rememberModel(own: OwnModel): Promise<void> {
  remembered.value = own;
  // A disk that is full costs the next visit, not this one.
  await withModels((database) => database.put('models', own, KEY)).catch(() => {});
}

export async function forgetModel(): Promise<void> {
  remembered.value = null;
  await withModels((database) => database.clear('models')).catch(() => {});
}
