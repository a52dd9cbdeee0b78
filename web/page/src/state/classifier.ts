import { signal } from '@preact/signals';
import type { Classifier, ClassifierInfo, LoadProgress } from 'shiwu';
import { downloadFailed, Failed, type Failure, toFailure } from './failure.js';

export type ModelState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'loading'; readonly progress: LoadProgress | null }
  | { readonly kind: 'ready'; readonly info: ClassifierInfo }
  | { readonly kind: 'failed'; readonly failure: Failure };

export const model = signal<ModelState>({ kind: 'idle' });

let loading: Promise<Classifier> | null = null;

/** The one classifier of the page. A failed load is forgotten, so that the next call tries again. */
export function loadClassifier(): Promise<Classifier> {
  loading ??= start().catch((error: unknown) => {
    loading = null;
    const failure = toFailure(error);
    model.value = { kind: 'failed', failure };
    throw new Failed(failure);
  });
  return loading;
}

/** Loads ahead of the first photo, once the page has been painted and the thread is free. */
export function loadWhenIdle(): void {
  if (prefersLessData()) return;
  const begin = () => {
    loadClassifier().catch(() => {
      // Shown by `model`; the next photo tries again.
    });
  };
  if ('requestIdleCallback' in window) requestIdleCallback(begin, { timeout: 2000 });
  else setTimeout(begin, 200);
}

async function start(): Promise<Classifier> {
  model.value = { kind: 'loading', progress: null };
  const { createClassifier } = await import('shiwu').catch((error: unknown) => {
    throw downloadFailed(error);
  });
  const classifier = await createClassifier({
    onProgress: (progress) => {
      if (model.value.kind === 'loading') model.value = { kind: 'loading', progress };
    },
  });
  model.value = { kind: 'ready', info: classifier.info };
  return classifier;
}

/** Someone who asked the browser to save data downloads the model with the first photo. */
function prefersLessData(): boolean {
  const connection = (navigator as { connection?: { saveData?: boolean } }).connection;
  return connection?.saveData === true;
}
