import { signal } from '@preact/signals';
import type { Classifier, LoadProgress } from 'shiwu';
import { openClassifier, putToWork, waitForExchange } from './classifier.js';
import { type Failure, toFailure } from './failure.js';
import { examineAgain } from './specimen.js';

/** Another model on its way, or one that could not be taken; `file` is null for the site's own. */
export type Exchange = { readonly file: string | null } & (
  | { readonly kind: 'loading'; readonly progress: LoadProgress | null }
  | { readonly kind: 'failed'; readonly failure: Failure }
);

export const exchange = signal<Exchange | null>(null);

/** Counts the exchanges: when two overlap, the later one is meant. */
let latest = 0;

/** The visitor's own model, while it is at work. */
let own: File | null = null;

/** Puts another model to work: a file, or with null the site's own. Resolves to whether that went well. */
export async function exchangeModel(file: File | null): Promise<boolean> {
  const running = run(file, ++latest);
  waitForExchange(running);
  await running;
  return exchange.value?.kind !== 'failed';
}

/** Opens the model at work anew, as after another backend was chosen. */
export function reopenModel(): Promise<boolean> {
  return exchangeModel(own);
}

export function forgetFailure(): void {
  exchange.value = null;
}

async function run(file: File | null, turn: number): Promise<void> {
  const name = file?.name ?? null;
  exchange.value = { kind: 'loading', file: name, progress: null };
  try {
    const classifier = await openClassifier(file ?? undefined, (progress) => {
      if (turn === latest) exchange.value = { kind: 'loading', file: name, progress };
    });
    if (file) await prove(classifier);
    if (turn !== latest) {
      await classifier.dispose();
      return;
    }
    exchange.value = null;
    own = file;
    putToWork(classifier, file !== null);
    // In the same breath, so that a photo being named is not told that its classifier has gone.
    examineAgain();
  } catch (error) {
    if (turn === latest) exchange.value = { kind: 'failed', file: name, failure: toFailure(error) };
  }
}

/**
 * Lets it name a blank picture: only a run shows whether the network takes this input and answers
 * one finite number a label, and the former model must not be given up for one that does not.
 */
async function prove(classifier: Classifier): Promise<void> {
  try {
    await classifier.classify(new ImageData(8, 8), { topK: 1 });
  } catch (error) {
    await classifier.dispose();
    throw error;
  }
}
