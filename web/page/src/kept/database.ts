import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from 'idb';
import { isFull } from './bytes.js';

/** A step within the upgrade's transaction; it awaits nothing but requests of that transaction. */
export type Step<T extends DBSchema> = (
  transaction: IDBPTransaction<T, never, 'versionchange'>,
) => void | Promise<void>;

/** A database, and how it became what it is: step n leads from version n to n + 1. One that shipped stays as it is. */
export interface Schema<T extends DBSchema> {
  readonly name: string;
  readonly steps: readonly Step<T>[];
}

/** One of some schema, whichever. */
export type AnySchema = Schema<DBSchema>;

/**
 * `denied`: nothing may be stored here. `full`: there is no room for more. `newer`: a later shiwu keeps it, in a form
 * that this one does not know.
 */
export type Bar = 'denied' | 'full' | 'newer';

/** Nothing was opened, and what is stored was left as it is. */
export class NotKept extends Error {
  constructor(readonly bar: Bar) {
    super(bar);
  }
}

/** What an error of a database, or of opening one, means for what was to be kept. */
export function barOf(error: unknown): Bar {
  if (error instanceof NotKept) return error.bar;
  if (isFull(error)) return 'full';
  return error instanceof DOMException && error.name === 'VersionError' ? 'newer' : 'denied';
}

/** Opens a database, brought up to the last version. `onLost`: another tab renews or erases it. Throws `NotKept`. */
export async function openKept<T extends DBSchema>(
  { name, steps }: Schema<T>,
  onLost: (bar: Bar) => void,
): Promise<IDBPDatabase<T>> {
  try {
    return await openDB<T>(name, steps.length, {
      upgrade: (_database, before, _now, transaction) => {
        const walk = async () => {
          for (const step of steps.slice(before)) await step(transaction as never);
        };
        // Half a way would be kept as the whole: whatever stops it, the database stays as it was.
        walk().catch(() => transaction.abort());
        transaction.done.catch(() => {}); // openDB says it
      },
      blocking: (_before, wanted, event) => {
        (event.target as IDBDatabase).close();
        onLost(wanted !== null && wanted > steps.length ? 'newer' : 'denied');
      },
    });
  } catch (error) {
    throw new NotKept(barOf(error));
  }
}

/** The same, for whoever goes through stores whatever is in them. */
export async function openAnyKept(schema: AnySchema): Promise<IDBPDatabase> {
  return (await openKept(schema, () => {})) as unknown as IDBPDatabase;
}
