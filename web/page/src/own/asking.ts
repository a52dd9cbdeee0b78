import { signal } from '@preact/signals';
import type { Network } from 'shiwu';
import type { Encoding } from 'shiwu/labels';
import { model } from '../state/classifier.js';
import { changeModel, giveUpExchange, ownInUse, showRefusal } from '../state/exchange.js';
import type { Failure } from '../state/failure.js';
import type { Answers, OwnModel } from './own-model.js';

/** A model whose file does not say everything, and what has been answered so far. */
export interface Asking {
  readonly own: OwnModel;
  readonly network: Network;
  readonly answers: Answers;
  /** What the file of the labels was saved in, as long as they are that file's. */
  readonly encoding: Encoding | null;
  /** Why the answers did not do. */
  readonly problem: Failure | null;
  readonly trying: boolean;
}

/** What the sheet asks about; null: nothing. */
export const asking = signal<Asking | null>(null);

const USUAL: Answers = {
  labels: '',
  pixels: 'usual',
  color: 'RGB',
  fit: 'crop-shortest',
  task: 'single-label',
  size: null,
};

/** Most networks of any size were trained on this one. */
const USUAL_SIZE = 224;

/** A label file as text, and what it was saved in. */
export interface LabelText {
  readonly text: string;
  readonly encoding: Encoding;
}

export function ask(own: OwnModel, network: Network, given: LabelText | null): void {
  const size = takesAnySize(network) ? USUAL_SIZE : null;
  const labels = given?.text ?? labelsOf(network).join('\n');
  const answers = own.answers ?? { ...USUAL, labels, size };
  const encoding = given?.encoding ?? null;
  asking.value = { own, network, answers, encoding, problem: null, trying: false };
}

/** For a model at work whose answers are to be changed. */
export function askAgain(own: OwnModel): void {
  const { value } = model;
  if (value.kind === 'ready') ask(own, value.info.model.network, null);
}

/** `encoding` goes with labels out of a file. */
export function answer(given: Partial<Answers>, encoding: Encoding | null = null): void {
  const now = asking.value;
  if (!now) return;
  asking.value = {
    ...now,
    answers: { ...now.answers, ...given },
    encoding: given.labels === undefined ? now.encoding : encoding,
    problem: null,
  };
}

export function leaveUnasked(): void {
  const { value } = asking;
  if (value?.trying && ownInUse()?.file === value.own.file) giveUpExchange();
  asking.value = null;
}

/** Puts the model to work with these answers; what is wrong with them is said in the sheet. */
export async function tryAnswers(): Promise<void> {
  const now = asking.value;
  if (!now || now.trying) return;
  asking.value = { ...now, problem: null, trying: true };
  const refusal = await changeModel({ ...now.own, answers: now.answers });
  if (asking.value?.own === now.own) {
    asking.value = refusal && { ...asking.value, problem: refusal.failure, trying: false };
  } else if (refusal) {
    // Closed meanwhile, or another model is asked about: it is said where models are named.
    showRefusal(now.own.file.name, refusal.failure);
  }
}

/** How many classes the network tells apart, where its file says so and one output alone can hold them. */
export function classesOf({ outputs }: Network): number | null {
  const named = outputs.filter(({ name }) => !/feature|embed/i.test(name));
  const [output] = named.length === 1 ? named : [];
  const sides = output?.shape.slice(1) ?? [];
  if (sides.length === 0 || !sides.every((side) => typeof side === 'number')) return null;
  return sides.reduce((product, side) => product * side, 1);
}

/** The names that the graph itself has, as Custom Vision's have. */
function labelsOf({ outputs }: Network): readonly string[] {
  return outputs.find(({ labels }) => labels)?.labels ?? [];
}

export function takesAnySize({ inputs }: Network): boolean {
  const [input] = inputs;
  const sides = input?.shape.slice(1) ?? [];
  return sides.length === 0 || sides.some((side) => typeof side !== 'number');
}
