import { computed, signal } from '@preact/signals';
import { type Bar, barOf } from '../kept/database.js';
import { News } from '../kept/news.js';
import { keepForGood } from '../kept/persist.js';
import { Thumbnails } from '../thumbnail/thumbnails.js';
import { inOrder, type Naming, Shelf } from './shelf.js';
import type { Entry, Guess } from './types.js';

/** All photos of the album, in the order in which they were put in. */
export const entries = signal<readonly Entry[]>([]);

/** Whether the next visit will find the album again: null, or what bars it. */
export const barred = signal<Bar | null>(null);

/** Set once what an earlier visit left has been read. */
export const opened = signal(false);

/** Keys of the photos whose files are at hand, so that they can be named, shown large and exported. */
export const atHand = signal<ReadonlySet<string>>(new Set());

/** Photos that wait for a name and whose files must be put in again. */
export const missing = computed(() =>
  entries.value.filter(({ state, key }) => state === 'waiting' && !atHand.value.has(key)),
);

/** The next photo to name; photos put in meanwhile count. */
export function nextWaiting(passedOver: ReadonlySet<string> = new Set()): Entry | undefined {
  return entries.value.find(
    ({ state, key }) => state === 'waiting' && atHand.value.has(key) && !passedOver.has(key),
  );
}

/** Its file was thought to be at hand, and is not. */
export function notAtHand(key: string): void {
  const others = new Set(atHand.value);
  others.delete(key);
  atHand.value = others;
}

/** Files put in during this visit; those of earlier ones, and of other tabs, lie on the shelf. */
const files = new Map<string, File>();

/** Small pictures of this visit, where none can be stored. */
const loose = new Map<string, Blob>();

/** Embeddings of this visit. */
const vectors = new Map<string, Int8Array>();

/** Keys that another tab has changed; null: perhaps all. */
const news = new News<readonly string[] | null>('shiwu.album', (keys) => void reread(keys));

let shelf: Shelf | null = null;
/** The same, also where nothing can be stored any more: what lies there can still be read. */
let readable: Shelf | null = null;
let opening: Promise<void> | null = null;

const thumbnails = new Thumbnails(originalOf, (key, thumbnail) => {
  if (shelf) void shelf.saveThumbnail(key, thumbnail).catch(fail);
  else loose.set(key, thumbnail);
});

/** Reads what an earlier visit left. */
export function openAlbum(): Promise<void> {
  opening ??= open();
  return opening;
}

async function open(): Promise<void> {
  try {
    shelf = await Shelf.open(lose);
    readable = shelf;
    // The page before this one may have stored something as it was reloaded, and told nobody in time.
    news.tell(null);
    await reread(null);
    // News may have passed a tab by that the browser had put to sleep.
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') void reread(null);
    });
  } catch (error) {
    lose(barOf(error));
  }
  opened.value = true;
}

/** From now on the album lasts as long as the page. */
function lose(bar: Bar): void {
  shelf = null;
  barred.value = bar;
}

/** A refusal costs the next visit, not this one. */
function fail(error: unknown): void {
  barred.value ??= barOf(error);
}

/** Shows these photos as the disk has them; null: all. */
export async function reread(keys: readonly string[] | null): Promise<void> {
  const found = await shelf?.read(keys ?? undefined).catch(fail);
  if (!found) return;
  const asked = keys && new Set(keys);
  const others = asked ? entries.value.filter(({ key }) => !asked.has(key)) : [];
  entries.value = inOrder([...others, ...found.entries]);
  const atHandElse = asked ? [...atHand.value].filter((key) => !asked.has(key)) : [];
  atHand.value = new Set([...atHandElse, ...found.originals, ...files.keys()]);
}

/**
 * Writes a change, shows what the disk then has, and tells the other tabs: what is shown is stored. Where it cannot
 * be, the page says so, and `show` makes the change for as long as it is open. `act` is called at once.
 */
export async function write(
  keys: readonly string[],
  act: (shelf: Shelf) => Promise<unknown>,
  show: () => void,
): Promise<void> {
  try {
    if (!shelf) return show();
    const stored = act(shelf);
    // Who reloads now may have it stored, and could not tell it any more; nor may this come too early: see `open`.
    news.tell(keys);
    await stored;
    news.tell(keys);
    await reread(keys);
  } catch (error) {
    lose(barOf(error));
    show();
  }
}

/** The photo's file, or null where it must be put in again. */
export async function originalOf(key: string): Promise<File | null> {
  return files.get(key) ?? (await readable?.original(key).catch(() => undefined)) ?? null;
}

/** The small picture, made if need be. */
export async function thumbnailOf(key: string): Promise<Blob | null> {
  const stored = loose.get(key) ?? (await readable?.thumbnail(key).catch(() => undefined));
  return stored ?? thumbnails.make(key);
}

/** Embeddings of all photos that have one. */
export async function allVectors(): Promise<ReadonlyMap<string, Int8Array>> {
  const stored = await readable?.vectors().catch(() => undefined);
  const living = new Set(entries.value.map(({ key }) => key));
  return new Map([...(stored ?? []), ...vectors].filter(([key]) => living.has(key)));
}

/** What a run has found out; photos that have been taken out meanwhile stay out. */
export function name(namings: readonly Naming[]): Promise<void> {
  const byKey = new Map(namings.map((naming) => [naming.key, naming]));
  for (const { key, vector } of namings) if (vector) vectors.set(key, vector);
  return write(
    [...byKey.keys()],
    (shelf) => shelf.name(namings),
    () => change((entry) => ({ ...entry, ...byKey.get(entry.key)?.news })),
  );
}

/** What the visitor says a photo shows; null goes back to the guesses. */
export function correct({ key }: Entry, corrected: Guess | null): Promise<void> {
  return correctAll([{ key, corrected }]);
}

/** The same for many at once. */
export function correctAll(
  all: readonly { readonly key: string; readonly corrected: Guess | null }[],
): Promise<void> {
  const byKey = new Map(all.map((each) => [each.key, each]));
  const stored = write(
    [...byKey.keys()],
    (shelf) => shelf.correct(all),
    () => change((entry) => ({ ...entry, ...byKey.get(entry.key) })),
  );
  keepForGood();
  return stored;
}

function change(change: (entry: Entry) => Entry): void {
  entries.value = entries.value.map(change);
}

/** Files that were just put in. */
export function hold(all: readonly { readonly key: string; readonly file: File }[]): void {
  for (const { key, file } of all) files.set(key, file);
  atHand.value = new Set([...atHand.value, ...all.map(({ key }) => key)]);
}

/** Shows photos that are not stored, or not any more; those that are shown stay as they are. */
export function show(more: readonly Entry[]): void {
  const there = new Set(entries.value.map(({ key }) => key));
  entries.value = inOrder([...entries.value, ...more.filter(({ key }) => !there.has(key))]);
}

/** Takes photos out of sight; what is held of them stays until `letGo`. */
export function hide(keys: ReadonlySet<string>): void {
  entries.value = entries.value.filter(({ key }) => !keys.has(key));
}

/** Lets go of what is held of photos that are not in the album any more. */
export function letGo(keys: readonly string[]): void {
  const there = new Set(entries.value.map(({ key }) => key));
  for (const key of keys) {
    if (there.has(key)) continue;
    files.delete(key);
    loose.delete(key);
    vectors.delete(key);
  }
}

export const theShelf = () => shelf;
export const tellOthers = (keys: readonly string[] | null) => news.tell(keys);
export const couldNotStore = fail;
/** For photos that are shown and lie nowhere: what rereads the disk would take them for removed. */
export const storeNoMore = (error: unknown): void => lose(barOf(error));
