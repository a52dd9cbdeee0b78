import { deleteDB } from 'idb';
import { type AnySchema, openAnyKept } from '../kept/database.js';

/** A key of a store, and what lies under it. */
export type Row = readonly [key: IDBValidKey, value: unknown];
/** Rows by their stores. */
export type Rows = ReadonlyMap<string, readonly Row[]>;

/** The rows of a store whose keys are strings. */
export function named<T>(rows: Rows, store: string): (readonly [key: string, value: T])[] {
  return (rows.get(store) ?? []).flatMap(([key, value]) =>
    typeof key === 'string' ? [[key, value as T] as const] : [],
  );
}

/**
 * Brings rows of an earlier version up to today's: they are put into a database as it was then, beside the page's
 * own, which is opened as any other that an earlier visit left. Throws where a row has no place in it.
 */
export async function migrate(schema: AnySchema, version: number, rows: Rows): Promise<Rows> {
  if (version === schema.steps.length) return rows;
  const aside = { ...schema, name: `${schema.name}.before` };
  // One that was broken off may have left it.
  await deleteDB(aside.name);
  try {
    await fill({ ...aside, steps: schema.steps.slice(0, version) }, rows);
    return await readAll(aside);
  } finally {
    await deleteDB(aside.name);
  }
}

async function fill(schema: AnySchema, rows: Rows): Promise<void> {
  const database = await openAnyKept(schema);
  try {
    for (const [name, all] of rows) {
      const { store, done } = database.transaction(name, 'readwrite');
      const hasKeys = store.keyPath !== null;
      const puts = all.map(([key, value]) => (hasKeys ? store.put(value) : store.put(value, key)));
      await Promise.all([...puts, done]);
    }
  } finally {
    database.close();
  }
}

async function readAll(schema: AnySchema): Promise<Rows> {
  const database = await openAnyKept(schema);
  try {
    const stores = [...database.objectStoreNames].map(async (name) => {
      const { store } = database.transaction(name);
      const [keys, values] = await Promise.all([store.getAllKeys(), store.getAll()]);
      return [name, keys.map((key, i): Row => [key, values[i]])] as const;
    });
    return new Map(await Promise.all(stores));
  } finally {
    database.close();
  }
}
