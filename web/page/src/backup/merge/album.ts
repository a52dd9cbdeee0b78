import type { IDBPTransaction, StoreNames } from 'idb';
import { reread, tellOthers, theShelf } from '../../album/album-state.js';
import type { Guess } from '../../album/types.js';
import { fromBytes } from '../../kept/bytes.js';
import { openKept } from '../../kept/database.js';
import { ALBUM, type AlbumSchema, type StoredEntry } from '../../kept/schemas.js';
import { Refused } from '../format.js';
import { named, type Rows } from '../migrate.js';

const STORES = ['entries', 'corrections', 'vectors', 'thumbnails', 'originals'] as const;

/** What became of a file's album, so that it can be undone. */
class Brought {
  /** Keys of photos that were not here. */
  readonly photos = new Set<string>();
  /** Corrections and originals that photos of here had not. */
  readonly corrected = new Map<string, Guess>();
  readonly originals: string[] = [];
  /** Photos of here that had no name, as they were and as they are with the file's. */
  readonly unnamed: { readonly before: StoredEntry; readonly after: StoredEntry }[] = [];
}

/**
 * Puts photos beside those that are here. What a person has said here stands, and so does every name; a photo that
 * has none yet gets that of the file. Resolves once all of it is stored; where it cannot be, nothing of it stays.
 */
export async function mergeAlbum(rows: Rows, onBytes: (bytes: number) => void) {
  const shelf = theShelf();
  if (!shelf) throw new Refused('barred');
  const brought = new Brought();
  const undo = () => takeAway(brought);
  try {
    await putRecords(rows, brought);
    const { entries, originals } = await shelf.read();
    const here = new Set(entries.map(({ key }) => key));
    for (const [key, value] of named(rows, 'thumbnails')) {
      if (brought.photos.has(key)) await shelf.saveThumbnail(key, fromBytes(value));
    }
    const wanted = named(rows, 'originals').flatMap(([key, value]) =>
      here.has(key) && !originals.has(key) ? { key, file: fromBytes<File>(value) } : [],
    );
    const sizes = new Map(wanted.map(({ key, file }) => [key, file.size]));
    brought.originals.push(...sizes.keys());
    await shelf.putOriginals(wanted, (keys) => {
      onBytes(keys.reduce((sum, key) => sum + (sizes.get(key) ?? 0), 0));
    });
    await show();
  } catch (error) {
    await undo();
    throw error;
  }
  return { photos: brought.photos.size, corrections: brought.corrected.size, undo };
}

async function putRecords(rows: Rows, brought: Brought): Promise<void> {
  await withAlbum(['entries', 'corrections', 'vectors', 'bin'], async (transaction) => {
    const entries = transaction.objectStore('entries');
    const corrections = transaction.objectStore('corrections');
    const vectors = transaction.objectStore('vectors');
    const bin = transaction.objectStore('bin');
    const [stored, said, known, gone] = await Promise.all([
      entries.getAll(),
      corrections.getAllKeys(),
      vectors.getAllKeys(),
      bin.getAllKeys(),
    ]);
    const here = new Map(stored.map((entry) => [entry.key, entry]));
    for (const key of gone) here.delete(key);
    const writes: Promise<unknown>[] = [];
    let order = stored.reduce((most, entry) => Math.max(most, entry.order), -1);
    const coming = named<StoredEntry>(rows, 'entries')
      .map(([, entry]) => entry)
      .sort((a, b) => a.order - b.order);
    for (const { intake: _, ...entry } of coming) {
      const { key } = entry;
      const mine = here.get(key);
      if (!mine) {
        brought.photos.add(key);
        writes.push(
          entries.put({ ...entry, order: ++order }, key),
          corrections.delete(key),
          bin.delete(key),
        );
      } else if (mine.state !== 'named' && entry.state === 'named') {
        const { state, failure, guesses, answer, width, height, taken = null } = entry;
        const after = { ...mine, state, failure, guesses, answer, width, height, taken };
        brought.unnamed.push({ before: mine, after });
        writes.push(entries.put(after, key));
      }
    }
    const corrected = new Set(said);
    for (const [key, guess] of named<Guess>(rows, 'corrections')) {
      const isNew = brought.photos.has(key);
      if (!isNew && (!here.has(key) || corrected.has(key))) continue;
      brought.corrected.set(key, guess);
      writes.push(corrections.put(guess, key));
    }
    const seen = new Set(known);
    for (const [key, levels] of named<Int8Array<ArrayBuffer>>(rows, 'vectors')) {
      const isNew = brought.photos.has(key);
      if (!isNew && (!here.has(key) || seen.has(key))) continue;
      writes.push(vectors.put(levels, key));
    }
    return writes;
  });
}

/** What has become of it since (corrected by hand, named anew) stays. */
async function takeAway({ photos, corrected, originals, unnamed }: Brought): Promise<void> {
  await withAlbum(STORES, async (transaction) => {
    const entries = transaction.objectStore('entries');
    const corrections = transaction.objectStore('corrections');
    const [now, keys, said] = await Promise.all([
      entries.getAll(),
      corrections.getAllKeys(),
      corrections.getAll(),
    ]);
    const byKey = new Map(now.map((entry) => [entry.key, entry]));
    const still = unnamed.filter(({ after }) => isEqual(byKey.get(after.key), after));
    return [
      ...STORES.flatMap((name) =>
        Array.from(photos, (key) => transaction.objectStore(name).delete(key)),
      ),
      ...keys
        .filter((key, i) => corrected.has(key) && isEqual(said[i], corrected.get(key)))
        .map((key) => corrections.delete(key)),
      ...originals.map((key) => transaction.objectStore('originals').delete(key)),
      ...still.map(({ before }) => entries.put(before, before.key)),
    ];
  });
  await show();
}

/** Of plain data whose fields were written in the same order. */
const isEqual = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

type Stores = StoreNames<AlbumSchema>[];

/** What `act` asks for is written wholly or not at all. It may await requests of the transaction, and nothing else. */
async function withAlbum(
  stores: readonly StoreNames<AlbumSchema>[],
  act: (
    transaction: IDBPTransaction<AlbumSchema, Stores, 'readwrite'>,
  ) => Promise<Promise<unknown>[]>,
): Promise<void> {
  const database = await openKept(ALBUM, () => {});
  try {
    const transaction = database.transaction([...stores], 'readwrite', { durability: 'strict' });
    const written = act(transaction).then((writes) => Promise.all(writes));
    await Promise.all([written, transaction.done]);
  } finally {
    database.close();
  }
}

async function show(): Promise<void> {
  tellOthers(null);
  await reread(null);
}
