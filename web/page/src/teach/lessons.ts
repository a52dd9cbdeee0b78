import { batch, signal } from '@preact/signals';
import type { Classifier, Region, TaughtCategory } from 'shiwu';
import type { OwnModel } from '../own/own-model.js';
import { classifierForPhoto, model } from '../state/classifier.js';
import { exchange } from '../state/exchange.js';
import { told } from '../state/language.js';
import { examineAgain, notice } from '../state/specimen.js';
import { DATABASE } from './hooks.js';
import { lessonsFor } from './of-model.js';
import {
  forgetAll,
  forgetWaiting,
  type Kept,
  keep,
  recallAll,
  recallWaiting,
  type Waiting,
} from './store.js';
import { words } from './words.js';

/** What the model at work was taught. */
export const taught = signal<readonly TaughtCategory[]>([]);

/** What was taught to other models, which is kept for them. */
export const elsewhere = signal<readonly Kept[]>([]);

/** What a change was, so that it can be taken back. */
export interface Step {
  /** All that was taught before it. */
  readonly file: Blob;
  /** Names that it took or changed as far as there were such, and those that it made of them. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly stored: boolean;
}

/** Which state of the store a classifier has in it. */
const stamps = new WeakMap<Classifier, string>();

/** Lessons are of one model: a visitor's is known by its digest, the site's by name and version. */
const keys = new WeakMap<Classifier, string>();

function keyOf(classifier: Classifier): string {
  const { id, version } = classifier.info.model;
  const own = model.value.kind === 'ready' ? model.value.own?.sha256 : null;
  return keys.get(classifier) ?? own ?? `${id} ${version}`;
}

const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(DATABASE);

/** Gives a classifier what its model was taught at earlier visits. */
export async function begin(classifier: Classifier, own: OwnModel | null): Promise<void> {
  const { id, version } = classifier.info.model;
  // The former model is still at work.
  keys.set(classifier, own?.sha256 ?? `${id} ${version}`);
  try {
    await takeIn(classifier);
    await takeInWaiting(classifier);
  } catch (error) {
    notice.value = words.value.unreadable(told(error as { zh: string; en: string }));
  }
}

/** Another tab has changed something. A photo on the table is named anew. */
export async function takeInNews(): Promise<void> {
  if (model.value.kind !== 'ready') return;
  const classifier = await classifierForPhoto();
  const changed = await inTurnOfLessons(() => takeIn(classifier)).catch(() => false);
  const joined = await takeInWaiting(classifier).catch(() => false);
  if (changed || joined) examineAgain();
}

/** Looks for what is kept, without a model. */
export async function readLessons(): Promise<void> {
  const classifier = model.value.kind === 'ready' ? await classifierForPhoto() : null;
  show(classifier, await recallAll(), await recallWaiting());
}

/** Changes what is taught, wholly or not at all. Resolves to whether it will be there at the next visit. */
export async function change(act: (classifier: Classifier) => Promise<void>): Promise<boolean> {
  // Before the turn: a model on its way may wait for it too.
  const classifier = await classifierForPhoto();
  // Another model may be at work by the time that it is stored.
  keys.set(classifier, keyOf(classifier));
  return inTurnOfLessons(async () => {
    // Upon what other tabs have taught meanwhile.
    await takeIn(classifier);
    const before = await classifier.exportTaught();
    try {
      await act(classifier);
    } catch (error) {
      await classifier.importTaught(before, { replace: true }).catch(() => {});
      throw error;
    }
    const stored = await store(classifier);
    show(classifier);
    return stored;
  });
}

export async function forget(name: string): Promise<Step> {
  return step([name], [], (classifier) => classifier.forget(name));
}

/** What a photo shows, or, with `not`, does not. The step also says whether it will be there at the next visit. */
export async function teach(
  name: string,
  photo: Blob,
  options: { readonly not: boolean; readonly region?: Region },
): Promise<Step> {
  return step([name], [name], (classifier) => classifier.teach(name, photo, options));
}

/** Two names become one where there is such a name already. */
export async function rename(from: string, to: string): Promise<Step> {
  return step([from, to], [to], (classifier) =>
    classifier.taught.some(({ name }) => name === to)
      ? classifier.merge(from, to)
      : classifier.rename(from, to),
  );
}

/** Takes a step back, and leaves what was taught since. Resolves to whether that will be so at the next visit. */
export async function undo({ file, before, after }: Step): Promise<boolean> {
  return change(async (classifier) => {
    await forgetOf(classifier, (name) => after.includes(name));
    const since = await classifier.exportTaught();
    await classifier.importTaught(file, { replace: true });
    await forgetOf(classifier, (name) => !before.includes(name));
    await classifier.importTaught(since);
  });
}

/** Everything, of all models. */
export async function eraseLessons(): Promise<void> {
  const classifier = model.value.kind === 'ready' ? await classifierForPhoto() : null;
  await inTurnOfLessons(async () => {
    await forgetAll();
    if (classifier) await takeIn(classifier);
  });
  // One that is on its way may have taken them in already.
  if (model.value.kind === 'loading' || exchange.value?.kind === 'loading')
    void classifierForPhoto().then(takeInNews, () => {});
  channel?.postMessage(null);
}

async function step(
  before: readonly string[],
  after: readonly string[],
  act: (classifier: Classifier) => Promise<unknown>,
): Promise<Step> {
  let file = new Blob();
  const stored = await change(async (classifier) => {
    file = await classifier.exportTaught();
    await act(classifier);
  });
  return { file, before, after, stored };
}

async function forgetOf(classifier: Classifier, which: (name: string) => boolean): Promise<void> {
  for (const { name } of classifier.taught) if (which(name)) await classifier.forget(name);
}

/** Brings a classifier up to what is kept. Whether that changed it. */
async function takeIn(classifier: Classifier): Promise<boolean> {
  const all = await recallAll();
  const kept = all.get(keyOf(classifier));
  const changed = kept?.stamp !== stamps.get(classifier);
  if (changed) {
    if (kept) await classifier.importTaught(lessonsFor(classifier, kept.file), { replace: true });
    else await forgetOf(classifier, () => true);
    if (kept) stamps.set(classifier, kept.stamp);
    else stamps.delete(classifier);
  }
  show(classifier, all, await recallWaiting());
  return changed;
}

/** What came back from a file for this model joins what it knows. Whether there was any. */
async function takeInWaiting(classifier: Classifier): Promise<boolean> {
  const mine = keyOf(classifier);
  const isMine = ({ of }: Waiting) => of === mine;
  if (![...(await recallWaiting()).values()].some(isMine)) return false;
  return inTurnOfLessons(async () => {
    await takeIn(classifier);
    const waiting = [...(await recallWaiting())].filter(([, each]) => isMine(each));
    const keys = waiting.map(([key]) => key);
    if (keys.length === 0) return false; // another tab was first
    try {
      for (const [, { file, names }] of waiting) await join(classifier, file, names);
    } catch (error) {
      // What this model cannot take will never be taken.
      if (isUnfit(error)) await forgetWaiting(keys);
      throw error;
    }
    await store(classifier, keys);
    show(classifier, await recallAll(), await recallWaiting());
    return true;
  });
}

function isUnfit(error: unknown): boolean {
  const { code } = error as { readonly code?: string };
  return code === 'model-mismatch' || code === 'invalid-taught';
}

/** Takes these names over from a file, as far as they are not here. */
async function join(classifier: Classifier, file: ArrayBuffer, names: readonly string[]) {
  const here = await classifier.exportTaught();
  const known = new Set(classifier.taught.map(({ name }) => name));
  try {
    await classifier.importTaught(lessonsFor(classifier, file), { replace: true });
    await forgetOf(classifier, (name) => known.has(name) || !names.includes(name));
    const fresh = await classifier.exportTaught();
    await classifier.importTaught(here, { replace: true });
    await classifier.importTaught(fresh);
  } catch (error) {
    await classifier.importTaught(here, { replace: true });
    throw error;
  }
}

/** Undoes what a file has brought of one model, wherever it has come to. */
export async function takeBack(of: string, names: readonly string[]): Promise<void> {
  if (model.value.kind !== 'ready') return;
  const classifier = await classifierForPhoto();
  if (keyOf(classifier) !== of) return;
  await change((it) => forgetOf(it, (name) => names.includes(name)));
  examineAgain();
}

/** What has been stored beside this module is known to every tab. */
export async function tellOfLessons(): Promise<void> {
  channel?.postMessage(null);
  await takeInNews();
}

function show(
  classifier: Classifier | null,
  all?: ReadonlyMap<string, Kept>,
  waiting: ReadonlyMap<string, Waiting> = new Map(),
): void {
  const mine = classifier && keyOf(classifier);
  batch(() => {
    taught.value = classifier?.taught ?? [];
    if (!all) return;
    const others = [...all].filter(([key, { names }]) => key !== mine && names.length > 0);
    const coming = [...waiting.values()].filter(({ of }) => of !== mine);
    elsewhere.value = [...others.map(([, kept]) => kept), ...coming];
  });
}

async function store(classifier: Classifier, taken: readonly string[] = []): Promise<boolean> {
  const file = await (await classifier.exportTaught()).arrayBuffer();
  const stamp = crypto.getRandomValues(new Uint32Array(4)).join('.');
  const names = classifier.taught.map(({ name }) => name);
  try {
    await keep(keyOf(classifier), { stamp, file, names, model: classifier.info.model.name }, taken);
  } catch {
    return false; // a disk that is full, or a private window: it is known as long as the page lasts
  }
  stamps.set(classifier, stamp);
  channel?.postMessage(null);
  return true;
}

let last: Promise<unknown> = Promise.resolve();

/** One change at a time, in all tabs. */
export function inTurnOfLessons<T>(act: () => Promise<T>): Promise<T> {
  const turn = last.then(async () => {
    // Lacking without https: then in this tab.
    if (!navigator.locks) return act();
    const { done } = await navigator.locks.request(DATABASE, async () => ({ done: await act() }));
    return done;
  });
  last = turn.catch(() => {});
  return turn;
}
