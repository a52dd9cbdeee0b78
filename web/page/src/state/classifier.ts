import { signal } from '@preact/signals';
import type {
  Classifier,
  ClassifierInfo,
  ClassifierOptions,
  EngineName,
  LoadProgress,
} from 'shiwu';
import type { OwnModel } from '../own/own-model.js';
import { anyKept, withLessons } from '../teach/hooks.js';
import { fetched } from './code.js';
import { Failed, type Failure, toFailure } from './failure.js';
import { backendChoice, engineChoice, modelChoice } from './preferences.js';

export type ModelState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'loading'; readonly progress: LoadProgress | null }
  /** `own`: put in by the visitor; null for the site's. */
  | { readonly kind: 'ready'; readonly info: ClassifierInfo; readonly own: OwnModel | null }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** The model at work. While another one is on its way, this is still the former. */
export const model = signal<ModelState>({ kind: 'idle' });

/** Why the graphics card is not used though it was asked for; null where it is, or was not. */
export type NoGpu =
  | { readonly kind: 'none' | 'differs' | 'failed' }
  | { readonly kind: 'slower'; readonly gpu: number; readonly processor: number };
export const noGpu = signal<NoGpu | null>(null);

/** The classifier at work, or the site's on its way; null before, and after a failed load. */
let atWork: Promise<Classifier> | null = null;

/** The exchange under way, if any; it never rejects. */
let pending: Promise<void> | null = null;

/** The site's classifier, or what has taken its place. A failed load is tried again by the next call. */
export function loadClassifier(): Promise<Classifier> {
  if (atWork) return atWork;
  model.value = { kind: 'loading', progress: null };
  const mine = openClassifier(null, (progress) => {
    if (atWork === mine) model.value = { kind: 'loading', progress };
  }).then(
    (classifier) => {
      if (atWork === mine) model.value = { kind: 'ready', info: classifier.info, own: null };
      return classifier;
    },
    (error: unknown) => {
      const failure = toFailure(error);
      if (atWork === mine) {
        atWork = null;
        model.value = { kind: 'failed', failure };
      }
      throw new Failed(failure);
    },
  );
  atWork = mine;
  return mine;
}

/** What a photo is named with: it waits for a model that is on its way. */
export async function classifierForPhoto(): Promise<Classifier> {
  while (pending) await pending;
  return loadClassifier();
}

let replace = () => {};

/** Photos put in from now on wait for this exchange, and so do those that wait for the former. */
export function waitForExchange(running: Promise<void>): void {
  replace();
  const replaced = new Promise<void>((resolve) => {
    replace = resolve;
  });
  const mine = Promise.race([running, replaced]);
  pending = mine;
  void mine.then(() => {
    if (pending === mine) pending = null;
  });
}

/** Puts a classifier to work in the place of the former, which is freed. */
export function putToWork(classifier: Classifier, own: OwnModel | null): void {
  const former = atWork;
  atWork = Promise.resolve(classifier);
  model.value = { kind: 'ready', info: classifier.info, own };
  former?.then(
    (old) => old.dispose(),
    () => {
      // It never came to be.
    },
  );
}

/** What runs may have changed since it was loaded: another engine or backend has proved itself. */
export async function refreshInfo(): Promise<void> {
  const running = atWork;
  const classifier = await running?.catch(() => null);
  if (!classifier || running !== atWork || model.value.kind !== 'ready') return;
  if (model.value.info !== classifier.info) model.value = { ...model.value, info: classifier.info };
}

/** Whether the model at work is the visitor's. */
export function isOwn(): boolean {
  return model.value.kind === 'ready' && model.value.own !== null;
}

/** Whether the model at work has one class only, which a photo is or is not. */
export function knowsOne(): boolean {
  return model.value.kind === 'ready' && model.value.info.model.classes === 1;
}

/** A new classifier for a visitor's model, or for the site's own; on the engine that was chosen, or on this one. */
export async function openClassifier(
  own: OwnModel | null,
  onProgress: (progress: LoadProgress) => void,
  engine?: EngineName,
): Promise<Classifier> {
  const { createClassifier } = await fetched(import('shiwu'));
  const options = own ? await ownOptions(own) : siteOptions();
  if (engine) return createClassifier({ ...options, engine, threads: 1, onProgress });
  const backend = backendChoice.value;
  // The graphics card is always ONNX Runtime's.
  const chosen = backend === 'webgpu' ? 'auto' : engineChoice.value;
  noGpu.value = null;
  const lessons = anyKept();
  const how = { engine: chosen, backend, onProgress, onWarning };
  return withLessons(await createClassifier({ ...options, ...how }), own, lessons);
}

/** The library tells developers; the settings tell whoever chose. */
function onWarning(message: string): void {
  console.warn(message);
  if (!message.startsWith('WebGPU is not used')) return;
  const times = /it takes (\d+) ms where wasm takes (\d+)/.exec(message);
  if (times) noGpu.value = { kind: 'slower', gpu: Number(times[1]), processor: Number(times[2]) };
  else if (message.includes('offers no GPU')) noGpu.value = { kind: 'none' };
  else noGpu.value = { kind: message.includes('answers differ') ? 'differs' : 'failed' };
}

async function ownOptions(own: OwnModel): Promise<ClassifierOptions> {
  const { optionsOf } = await fetched(import('../own/options.js'));
  return optionsOf(own);
}

/** The address of the accurate model; the fast one comes with the library. */
function siteOptions(): ClassifierOptions {
  if (modelChoice.value === 'fast') return {};
  return { model: new URL('models/lite2.onnx.gz', document.baseURI).href };
}

/** Loads ahead of the first photo, once the page has been painted and the thread is free. */
export function loadWhenIdle(): void {
  if (prefersLessData()) return;
  const begin = () => {
    classifierForPhoto().catch(() => {
      // Shown by `model`; the next photo tries again.
    });
  };
  if ('requestIdleCallback' in window) requestIdleCallback(begin, { timeout: 2000 });
  else setTimeout(begin, 200);
}

/** Someone who asked the browser to save data downloads the model with the first photo. */
function prefersLessData(): boolean {
  const connection = (navigator as { connection?: { saveData?: boolean } }).connection;
  return connection?.saveData === true;
}
