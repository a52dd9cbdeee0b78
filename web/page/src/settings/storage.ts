import { signal } from '@preact/signals';
import { clearAll } from '../album/actions.js';
import { entries, openAlbum } from '../album/album-state.js';
import { forgetAll, memories, readMemories } from '../history/store.js';
import { forgetModel, recallModel } from '../own/store.js';
import { exchangeModel } from '../state/exchange.js';
import { ownChoice } from '../state/preferences.js';

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
  await Promise.all([openAlbum(), readMemories(), recallModel()]);
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
}

/** The visitor's own model; the site's takes its place. */
export async function eraseOwn(): Promise<void> {
  if (ownChoice.value === 'on') await exchangeModel(null);
  await forgetModel();
  await measureStorage();
}

export async function eraseAlbum(): Promise<void> {
  await clearAll();
  await measureStorage();
}

export async function eraseHistory(): Promise<void> {
  await forgetAll();
  await measureStorage();
}

/** The page for flight mode, and what the library keeps. */
async function erasePage(): Promise<void> {
  for (const name of await caches.keys()) if (OURS.test(name)) await caches.delete(name);
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.unregister();
}

/** Everything, the settings included; the page begins anew. */
export async function eraseAll(): Promise<void> {
  await clearAll();
  await forgetAll().catch(() => {});
  await forgetModel();
  await erasePage().catch(() => {});
  try {
    for (const key of Object.keys(localStorage)) {
      if (OURS.test(key)) localStorage.removeItem(key);
    }
  } catch {
    // Then nothing is kept there.
  }
  location.reload();
}

export const counts = {
  album: () => entries.value.length,
  history: () => memories.value?.length ?? 0,
};
