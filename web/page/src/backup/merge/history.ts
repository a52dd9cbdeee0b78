import {
  addStored,
  allStored,
  forget,
  forgetForGood,
  LIMIT,
  type StoredMemory,
} from '../../history/store.js';
import { toBytes } from '../../kept/bytes.js';
import type { Rows } from '../migrate.js';

/** Puts memories among those that are here; of too many, the oldest of the file stay out. */
export async function mergeHistory(rows: Rows) {
  const here = await allStored();
  const known = new Set(here.map(nameOf));
  const coming = (rows.get('memories') ?? [])
    .map(([, value]) => value as StoredMemory)
    .filter((memory) => !known.has(nameOf(memory)))
    .sort((a, b) => a.at - b.at);
  const left = Math.max(0, Math.min(coming.length, here.length + coming.length - LIMIT));
  const taken = await Promise.all(
    coming.slice(left).map(async (memory) => (await toBytes(memory)) as StoredMemory),
  );
  const ids = taken.length > 0 ? await addStored(taken) : [];
  const undo = async () => {
    if (ids.length > 0) await forgetForGood(await forget(ids));
  };
  return { records: ids.length, left, undo };
}

/** The same photo named at the same moment is the same memory. */
const nameOf = ({ at, name }: StoredMemory) => `${at} ${name}`;
