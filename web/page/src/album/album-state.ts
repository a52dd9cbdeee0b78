import { computed, signal } from '@preact/signals';
import { isPicture } from '../input/pictures.js';
import type { Found } from '../state/inbox.js';
import { Thumbnails } from '../thumbnail/thumbnails.js';
import { pacer } from './pacer.js';
import { Shelf } from './shelf.js';
import type { Entry, Guess } from './types.js';

/** All photos of the album, in the order in which they were put in. */
export const entries = signal<readonly Entry[]>([]);

/** Whether the next visit will find the album again. */
export const remembered = signal(true);

/** Set once what an earlier visit left has been read. */
export const opened = signal(false);

/** Keys of the photos whose files are at hand, so that they can be named, shown large and exported. */
export const atHand = signal<ReadonlySet<string>>(new Set());

/** Photos that wait for a name and whose files must be put in again. */
export const missing = computed(() =>
  entries.value.filter(({ state, key }) => state === 'waiting' && !atHand.value.has(key)),
);

/** The next photo to name; photos put in meanwhile count. */
export function nextWaiting(passedOver: ReadonlySet<string>): Entry | undefined {
  return entries.value.find(
    ({ state, key }) => state === 'waiting' && atHand.value.has(key) && !passedOver.has(key),
  );
}

/** Files put in during this visit; those of earlier ones lie on the shelf. */
const files = new Map<string, File>();

/** Small pictures of this visit, where none can be stored. */
const loose = new Map<string, Blob>();

let shelf: Shelf | null = null;
let opening: Promise<void> | null = null;

const thumbnails = new Thumbnails(originalOf, (key, thumbnail) => {
  if (shelf) void keep(shelf.saveThumbnail(key, thumbnail));
  else loose.set(key, thumbnail);
});

/** Reads what an earlier visit left. */
export function openAlbum(): Promise<void> {
  opening ??= open();
  return opening;
}

async function open(): Promise<void> {
  shelf = await Shelf.open();
  remembered.value = shelf !== null;
  try {
    if (shelf) {
      const [stored, keys] = await Promise.all([shelf.entries(), shelf.keysOfOriginals()]);
      entries.value = stored;
      atHand.value = keys;
    }
  } catch {
    remembered.value = false;
  }
  opened.value = true;
}

/** What became of the files that were put in. */
export interface Added {
  readonly added: number;
  /** Already in the album. */
  readonly again: number;
  /** No pictures. */
  readonly skipped: number;
}

/** Files are taken in one lot after the other. */
let adding: Promise<unknown> = Promise.resolve();

export function addToAlbum(found: readonly Found[]): Promise<Added> {
  const added = adding.then(() => takeIn(found));
  adding = added;
  return added;
}

/** More at once, and the page would miss a frame: a file on a disk is slow to tell its size. */
const LOT = 50;

async function takeIn(found: readonly Found[]): Promise<Added> {
  await openAlbum();
  const breathe = pacer();
  const known = new Set(entries.value.map(({ key }) => key));
  const sum = { added: 0, again: 0, skipped: 0 };
  for (let i = 0; i < found.length; i += LOT) {
    const pictures = found.slice(i, i + LOT).filter(({ file, path }) => isPicture(path, file.type));
    const lot = [];
    for (const { file, path } of pictures) {
      lot.push({ key: `${path}\n${file.size}\n${file.lastModified}`, path, file });
      await breathe();
    }
    const fresh = lot.filter(({ key }) => !known.has(key));
    for (const { key, file } of lot) {
      known.add(key);
      files.set(key, file);
    }
    show(lot, fresh);
    sum.added += fresh.length;
    sum.again += lot.length - fresh.length;
    sum.skipped += Math.min(LOT, found.length - i) - pictures.length;
  }
  return sum;
}

interface Arrived {
  readonly key: string;
  readonly path: string;
  readonly file: File;
}

/** Entries for what is new; the files of the rest are at hand again. */
function show(lot: readonly Arrived[], fresh: readonly Arrived[]): void {
  const first = (entries.value.at(-1)?.order ?? -1) + 1;
  const added = fresh.map(({ key, path, file }, n) => ({
    entry: blank(key, first + n, path, file),
    original: file,
  }));
  atHand.value = new Set([...atHand.value, ...lot.map(({ key }) => key)]);
  entries.value = [...entries.value, ...added.map(({ entry }) => entry)];
  if (shelf && added.length > 0) void keep(shelf.add(added));
}

function blank(key: string, order: number, path: string, file: File): Entry {
  return {
    key,
    order,
    path,
    size: file.size,
    modified: file.lastModified,
    state: 'waiting',
    guesses: [],
    answer: null,
    width: 0,
    height: 0,
    failure: null,
    corrected: null,
  };
}

/** The photo's file, or null where it must be put in again. */
export async function originalOf(key: string): Promise<File | null> {
  return files.get(key) ?? (await shelf?.original(key).catch(() => undefined)) ?? null;
}

/** The small picture, made if need be. */
export async function thumbnailOf(key: string): Promise<Blob | null> {
  const stored = loose.get(key) ?? (await shelf?.thumbnail(key).catch(() => undefined));
  return stored ?? thumbnails.make(key);
}

/** What is new about an entry. */
export interface Change {
  readonly key: string;
  readonly news: Partial<Entry>;
  readonly vector?: Int8Array<ArrayBuffer>;
}

/** Changes entries; those that have been taken out meanwhile stay out. */
export function update(changes: readonly Change[], durability?: IDBTransactionDurability): void {
  const byKey = new Map(changes.map((change) => [change.key, change]));
  const changed: { entry: Entry; vector?: Int8Array<ArrayBuffer> | undefined }[] = [];
  entries.value = entries.value.map((former) => {
    const change = byKey.get(former.key);
    if (!change) return former;
    const entry = { ...former, ...change.news };
    changed.push({ entry, vector: change.vector });
    if (change.vector) vectors.set(entry.key, change.vector);
    return entry;
  });
  if (shelf) void keep(shelf.save(changed, durability));
}

/** Embeddings of this visit. */
const vectors = new Map<string, Int8Array>();

/** Embeddings of all photos that have one. */
export async function allVectors(): Promise<ReadonlyMap<string, Int8Array>> {
  const stored = await shelf?.vectors().catch(() => undefined);
  const living = new Set(entries.value.map(({ key }) => key));
  return new Map([...(stored ?? []), ...vectors].filter(([key]) => living.has(key)));
}

/** What the visitor says a photo shows; null goes back to the guesses. */
export function correct(entry: Entry, guess: Guess | null): void {
  // What a person has typed nobody can work out again.
  update([{ key: entry.key, news: { corrected: guess } }], 'strict');
}

export function remove(gone: readonly string[]): void {
  const keys = new Set(gone);
  entries.value = entries.value.filter(({ key }) => !keys.has(key));
  for (const key of gone) forget(key);
  if (shelf) void keep(shelf.remove(gone));
}

export async function clear(): Promise<void> {
  for (const { key } of entries.value) forget(key);
  entries.value = [];
  atHand.value = new Set();
  if (shelf) await keep(shelf.clear());
}

function forget(key: string): void {
  files.delete(key);
  loose.delete(key);
  vectors.delete(key);
}

/** A refusal costs the next visit, not this one. */
function keep(stored: Promise<void>): Promise<void> {
  return stored.catch(() => {
    remembered.value = false;
  });
}
