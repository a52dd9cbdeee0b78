import { signal } from '@preact/signals';
import { deleteDB } from 'idb';
import { clearAll } from '../album/actions.js';
import { barred, entries, openAlbum, opened } from '../album/album-state.js';
import * as album from '../album/removal.js';
import * as shownHistory from '../history/removal.js';
import * as history from '../history/store.js';
import type { Bar } from '../kept/database.js';
import { ALBUM, HISTORY, MODEL, TAUGHT } from '../kept/schemas.js';
import { ALL_KEPT, inTurn } from '../kept/turn.js';
import type { OwnModel } from '../own/own-model.js';
import {
  bringModelBack,
  forgetForGood,
  forgetModel,
  recallModel,
  remembered,
} from '../own/store.js';
import { classifierForPhoto, model } from '../state/classifier.js';
import { exchangeModel, giveUpExchange, ownInUse } from '../state/exchange.js';
import { historyChoice } from '../state/preferences.js';
import { notice } from '../state/specimen.js';
import { offerUndo } from '../state/undo.js';
import { elsewhere, eraseLessons, readLessons, taught } from '../teach/lessons.js';
import { voidOffers } from '../teach/offers.js';
import { words } from './words.js';

/** The library's own cache, of the model and the runtimes. */
const MODEL_CACHE = 'shiwu-assets';

/** Other projects may live on the same origin, as under github.io: only what bears this name is ours. */
const OURS = /^shiwu/;

/** What this site keeps in the browser, in bytes, as far as the browser tells. */
export interface Storage {
  readonly used: number;
  readonly room: number;
  /** The model and the runtimes. */
  readonly model: number;
}

export const storage = signal<Storage | null>(null);

export async function measureStorage(): Promise<void> {
  await Promise.all([openAlbum(), history.readMemories(), recallModel(), readLessons()]);
  const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.().catch(() => null)) ?? {};
  storage.value = { used: usage, room: quota, model: await cachedBytes() };
}

async function cachedBytes(): Promise<number> {
  let sum = 0;
  try {
    const cache = await caches.open(MODEL_CACHE);
    for (const response of await cache.matchAll()) sum += (await response.blob()).size;
  } catch {
    // Forbidden, as in some private windows: then nothing is kept either.
  }
  return sum;
}

export async function eraseModel(): Promise<void> {
  await caches.delete(MODEL_CACHE);
  await measureStorage();
  notice.value = words.value.erased;
}

/** The visitor's own model; the site's takes its place. */
export async function eraseOwn(): Promise<void> {
  const own = remembered.value;
  if (!own) return;
  const isThis = (one: OwnModel | null) => one?.file === own.file;
  const isAtWork = () => model.value.kind === 'ready' && isThis(model.value.own);
  let wasInUse = isThis(ownInUse());
  try {
    const batch = await forgetModel();
    offerUndo({
      text: words.value.ownErased(own.file.name),
      // One that was put in meanwhile is not kept any more, so it does not stay at work either.
      undo: () =>
        void bringModelBack(own).then(() => (wasInUse || ownInUse()) && exchangeModel(own), failed),
      lapse: () => void forgetForGood(batch).then(measureStorage, failed),
    });
  } catch {
    failed();
    return;
  }
  // Another one that is on its way may not be taken.
  if (isAtWork() && !isThis(ownInUse())) await classifierForPhoto().catch(() => {});
  const isUndone = isThis(remembered.value ?? null);
  if (!isUndone && (isAtWork() || isThis(ownInUse()))) {
    wasInUse = true;
    await exchangeModel(null);
  }
  await measureStorage();
}

function failed(): void {
  notice.value = words.value.notErased;
}

/** What can be undone says so itself; where there was nothing, that is said here. */
export async function eraseAlbum(): Promise<void> {
  if (!opened.value) await openAlbum();
  if (entries.value.length > 0) clearAll();
  else nothingToErase(barred.value);
}

export async function eraseHistory(): Promise<void> {
  if (!history.memories.value) await history.readMemories();
  if (counts.history() > 0) shownHistory.removeAll();
  else nothingToErase(history.barred.value);
}

function nothingToErase(bar: Bar | null): void {
  notice.value = bar === 'newer' ? words.value.newerStays : words.value.erased;
}

export async function eraseTaught(): Promise<void> {
  const offerAgain = voidOffers();
  try {
    await eraseLessons();
    notice.value = words.value.erased;
  } catch {
    offerAgain();
    failed();
  }
  await measureStorage();
}

/** The page for flight mode, and what the library keeps. */
async function erasePage(): Promise<void> {
  for (const name of await caches.keys()) if (OURS.test(name)) await caches.delete(name);
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.unregister();
}

/** Everything, the settings included; the page begins anew, or says that something stayed. */
export async function eraseAll(): Promise<void> {
  await inTurn(ALL_KEPT, new AbortController().signal, () => {}, eraseInTurn);
}

async function eraseInTurn(): Promise<void> {
  // What is on its way would be stored after the erasing.
  giveUpExchange();
  historyChoice.value = 'off';
  const erasing = await Promise.allSettled([
    emptied(ALBUM, album.eraseAlbum()),
    emptied(HISTORY, history.eraseHistory()),
    emptied(MODEL, forgetModel().then(forgetForGood)),
    emptied(TAUGHT, eraseLessons()),
    erasePage(),
  ]);
  try {
    for (const key of Object.keys(localStorage)) {
      if (OURS.test(key)) localStorage.removeItem(key);
    }
  } catch {
    // Then nothing is kept there.
  }
  if (erasing.every(({ status }) => status === 'fulfilled')) location.reload();
  else notice.value = words.value.notAllErased;
}

/** What cannot be opened, for it is a newer shiwu's or broken, goes as a whole. */
async function emptied({ name }: { readonly name: string }, erasing: Promise<void>): Promise<void> {
  await erasing.catch(() => deleteDB(name));
}

export const counts = {
  album: () => entries.value.length,
  history: () => history.memories.value?.length ?? 0,
  taught: () => elsewhere.value.reduce((sum, { names }) => sum + names.length, taught.value.length),
};
