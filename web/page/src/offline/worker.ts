import { effect, signal } from '@preact/signals';
import { copy } from '../copy/index.js';
import { stored } from '../kept/pending.js';
import { classifierForPhoto, model } from '../state/classifier.js';
import { inOneFile } from '../state/edition.js';
import { notice } from '../state/specimen.js';

/** A version of the page that waits to take this one's place. */
export const update = signal<ServiceWorker | null>(null);

/** Keeps the page for flight mode, once everything else has been seen to. */
export function keepForOffline(): void {
  if (inOneFile || !import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  let first: boolean;
  try {
    first = navigator.serviceWorker.controller === null;
  } catch {
    return; // a sandboxed frame does without
  }
  if (!first) navigator.serviceWorker.addEventListener('controllerchange', onTaken);
  const begin = () => {
    register(first).catch(() => {
      // Private windows, and pages that were not opened over https, do without.
    });
  };
  if (document.readyState === 'complete') begin();
  else addEventListener('load', begin, { once: true });
}

/** Let in by another tab, a new version has taken this page's files along: its own come with a reload. */
function onTaken(): void {
  update.value ??= navigator.serviceWorker.controller;
}

async function register(first: boolean): Promise<void> {
  const registration = await navigator.serviceWorker.register(
    new URL('sw.js', document.baseURI).href,
  );
  if (registration.waiting && !first) update.value = registration.waiting;
  const follow = () => {
    const worker = registration.installing;
    if (!worker) return;
    worker.onstatechange = () => {
      if (worker.state === 'installed' && navigator.serviceWorker.controller) {
        update.value = worker;
      }
      if (worker.state === 'activated' && first) tellOnce();
    };
  };
  registration.onupdatefound = follow;
  follow(); // one may have been found before this page was there
}

/** Whether the waiting version has been asked for. */
export const updating = signal(false);

/**
 * Asks the waiting version in; the page is loaded again as soon as it is there, and once only. Photos that are just
 * being put in reach the disk before.
 */
export async function takeUpdate(): Promise<void> {
  if (updating.value) return;
  updating.value = true;
  await stored();
  const worker = update.value;
  update.value = null;
  updating.value = false;
  if (!worker) return; // put off meanwhile
  const reload = () => location.reload();
  if (worker.state !== 'installed') return reload(); // another tab has let it in
  navigator.serviceWorker.removeEventListener('controllerchange', onTaken);
  navigator.serviceWorker.addEventListener('controllerchange', reload, { once: true });
  worker.postMessage('skip-waiting');
}

export function leaveUpdate(): void {
  update.value = null;
}

/**
 * Without the model the page would open in flight mode, but name nothing. What is being said is an answer to
 * somebody, and goes first.
 */
function tellOnce(): void {
  once(
    () => model.value.kind === 'ready',
    () => void keepWords().then(tell),
  );
}

/** Pinyin and sentences, which come with the first answer otherwise; and until all of it has been written. */
async function keepWords(): Promise<void> {
  await (await classifierForPhoto()).describe('animal').catch(() => null);
  await filesWritten();
}

/** The library goes on while it keeps a file, whose lock it has as long. */
async function filesWritten(): Promise<void> {
  const { held } = await navigator.locks.query();
  for (const { name } of held ?? []) {
    if (name && /^shiwu \w{64}$/.test(name)) await navigator.locks.request(name, () => {});
  }
}

function tell(): void {
  once(
    () => notice.value === null,
    () => {
      notice.value = copy.peek().offlineReady;
    },
  );
}

/** Does it as soon as that is so, and never again. */
function once(isSo: () => boolean, act: () => void): void {
  let done = false;
  const stop = effect(() => {
    if (done || !isSo()) return;
    done = true;
    queueMicrotask(() => stop());
    act();
  });
}
