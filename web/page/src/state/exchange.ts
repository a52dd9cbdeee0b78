import { signal } from '@preact/signals';
import type { Classifier, LoadProgress, Network } from 'shiwu';
import { copy } from '../copy/index.js';
import type { OwnModel } from '../own/own-model.js';
import { model, openClassifier, putToWork, waitForExchange } from './classifier.js';
import { type Failure, toFailure } from './failure.js';
import { ownChoice } from './preferences.js';
import { examineAgain, notice } from './specimen.js';

/** Another model on its way, or one that could not be taken; `file` is null for the site's own. */
export type Exchange = { readonly file: string | null } & (
  | { readonly kind: 'loading'; readonly progress: LoadProgress | null }
  | { readonly kind: 'failed'; readonly failure: Failure }
);

export const exchange = signal<Exchange | null>(null);

/** Why a model was not put to work, and what its network is where that could be read. */
export interface Refusal {
  readonly failure: Failure;
  readonly network: Network | null;
}

/** Null: the site's own model. */
type Wish = OwnModel | null;

/** Counts the exchanges: when two overlap, the later one is meant. */
let latest = 0;

/** What the exchange under way brings, once that is known. */
let coming: Wish = null;

/** The visitor's model that is at work, or on its way there; null for the site's. */
export function ownInUse(): OwnModel | null {
  if (exchange.value?.kind === 'loading') return coming;
  return model.value.kind === 'ready' ? model.value.own : null;
}

/** What is on its way is not wanted any more, and nothing waits for it; what is at work stays. */
export function giveUpExchange(): void {
  latest++;
  exchange.value = null;
  waitForExchange(Promise.resolve());
}

/**
 * Puts another model to work. Null when that went well, or when a later exchange has taken over; else
 * the former is still at work, and whoever asked must say so.
 */
export function changeModel(wish: Wish): Promise<Refusal | null> {
  return begin(wish?.file.name ?? null, async () => wish);
}

/** The same, with a failure shown where models are named. Resolves to whether it went well. */
export async function exchangeModel(wish: Wish): Promise<boolean> {
  const refusal = await changeModel(wish);
  if (refusal) showRefusal(wish?.file.name ?? null, refusal.failure);
  return refusal === null;
}

/** For a wish that takes time to be known: photos put in from now on wait for it too. */
export async function begin(
  file: string | null,
  wish: () => Promise<Wish>,
): Promise<Refusal | null> {
  const running = run(file, wish, ++latest);
  waitForExchange(running.then(() => {}));
  return running;
}

export function showRefusal(file: string | null, failure: Failure): void {
  exchange.value = { kind: 'failed', file, failure };
}

/** Opens the model at work anew, as after another backend was chosen. */
export function reopenModel(): Promise<boolean> {
  return exchangeModel(model.value.kind === 'ready' ? model.value.own : null);
}

export function forgetFailure(): void {
  exchange.value = null;
}

async function run(
  file: string | null,
  wish: () => Promise<Wish>,
  turn: number,
): Promise<Refusal | null> {
  exchange.value = { kind: 'loading', file, progress: null };
  coming = null;
  try {
    const own = await wish();
    if (turn === latest) coming = own;
    const classifier = await openClassifier(own, (progress) => {
      if (turn === latest) exchange.value = { kind: 'loading', file, progress };
    });
    if (own) await prove(classifier);
    // Its names are known, as those of a yes or no are; but not how it wants its pixels.
    if (own && !own.answers && classifier.info.model.assumed) {
      const { network } = classifier.info.model;
      await classifier.dispose();
      exchange.value = turn === latest ? null : exchange.value;
      return turn === latest ? { failure: UNSAID, network } : null;
    }
    // Stored before it is said to be at work: a reload then finds it.
    const stored = turn !== latest || !own || (await store(own, () => turn === latest));
    if (turn !== latest) {
      await classifier.dispose();
      return null;
    }
    exchange.value = null;
    ownChoice.value = own ? 'on' : 'off';
    putToWork(classifier, own);
    if (!stored) notice.value = copy.peek().modelNotKept;
    // In the same breath, so that a photo being named is not told that its classifier has gone.
    examineAgain();
  } catch (error) {
    if (turn !== latest) return null;
    exchange.value = null;
    return { failure: toFailure(error), network: networkOf(error) };
  }
  return null;
}

async function store(own: OwnModel, isMeant: () => boolean): Promise<boolean> {
  const { rememberModel } = await import('../own/store.js');
  return rememberModel(own, isMeant);
}

/** Never shown: the sheet asks what it is about. */
const UNSAID: Failure = {
  code: 'unpacked-model',
  zh: '',
  en: '',
  detail: '',
  retriable: false,
};

/** Recognised by shape, as in failure.ts. */
function networkOf(error: unknown): Network | null {
  return (error as { network?: Network } | null)?.network ?? null;
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
