import { batch, effect, signal, untracked } from '@preact/signals';
import type {
  Classification,
  Classifier,
  ClassMaps,
  Point,
  Prediction,
  Region,
  Thing,
} from 'shiwu';
import { clamp, type Size } from '../photo/region.js';
import { classifierForPhoto } from '../state/classifier.js';
import { toFailure } from '../state/failure.js';
import { language } from '../state/language.js';
import { notice, specimen } from '../state/specimen.js';
import { isOfModel } from './hooks.js';

/** The label under the pointer or the focus, and the one that was pressed. */
export const hovered = signal<Prediction | null>(null);
export const pinned = signal<Prediction | null>(null);
/** Whether the label that is shown is compared with the next. */
export const comparing = signal(false);

/** Where the network looked in the photo on the table; null until it is known. */
export const maps = signal<ClassMaps | null>(null);

/** What a tapped point shows: from the maps at once, then from a run of its own. */
export interface Asked {
  readonly at: Point;
  readonly answer: Prediction | null;
  /** What the run looks at; null before the maps have spoken. */
  readonly region: Region | null;
  readonly refined: boolean;
}
export const asked = signal<Asked | null>(null);

/** What else is in the photo; null: nobody asked. */
export type Several = 'looking' | readonly Thing[];
export const several = signal<Several | null>(null);
/** The one of them that is pointed at. */
export const pointed = signal<Thing | null>(null);

/** The mark that the keyboard moves; null before it does. */
export const mark = signal<Point | null>(null);

let current: AbortController | null = null;
/** Of which answer `maps` are, or will be. */
let of: Classification | null = null;
let coming: Promise<ClassMaps | null> | null = null;

// What was asked about a photo goes with it.
effect(() => {
  const state = specimen.value;
  untracked(() => {
    if (state.kind === 'done' && state.result === of) return;
    current?.abort();
    current = null;
    of = null;
    coming = null;
    batch(() => {
      hovered.value = null;
      pinned.value = null;
      comparing.value = false;
      maps.value = null;
      asked.value = null;
      several.value = null;
      pointed.value = null;
      mark.value = null;
    });
  });
});

/** What works on the photo that is there, and is given up with it. */
async function atWork<T>(
  work: (classifier: Classifier, photo: Blob, signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  const state = specimen.value;
  if (state.kind !== 'done') return null;
  if (of !== state.result) {
    current?.abort();
    coming = null;
    of = state.result;
  }
  current ??= new AbortController();
  const { signal } = current;
  try {
    const [classifier, photo] = await Promise.all([classifierForPhoto(), state.photo.open(signal)]);
    const done = await work(classifier, photo, signal);
    return signal.aborted ? null : done;
  } catch (error) {
    if (!signal.aborted) notice.value = toFailure(error)[language.value];
    return null;
  }
}

/** Whether they did not come: asked for again, they are tried again; merely pointed at, they are not. */
let failed = false;

function mapsOfPhoto({ again }: { readonly again: boolean }): Promise<ClassMaps | null> {
  const state = specimen.value;
  if ((state.kind === 'done' && state.result !== of) || (again && failed)) coming = null;
  if (coming) return coming;
  failed = false;
  const mine = atWork(async (classifier, photo, signal) => {
    const region = state.kind === 'done' ? state.region : null;
    const options = { topK: 1, maps: true, signal, ...(region && { region }) };
    const result = await classifier.classify(photo, options);
    maps.value = result.maps ?? null;
    return maps.value;
  });
  coming = mine;
  void mine.then((found) => {
    if (coming === mine) failed = found === null;
  });
  return mine;
}

/** Of a label that the pointer or the focus rests on; null when it has left. */
export function preview(prediction: Prediction | null): void {
  hovered.value = prediction;
  if (prediction) void mapsOfPhoto({ again: false });
}

/** Shows a label's map until it is pressed again. */
export function pin(prediction: Prediction): void {
  comparing.value = false;
  pinned.value = pinned.value?.index === prediction.index ? null : prediction;
  if (pinned.value) void mapsOfPhoto({ again: true });
}

export function unpin(): void {
  pinned.value = null;
  hovered.value = null;
  comparing.value = false;
}

/** Asks about a point of the photo, in its pixels. */
export async function tap(at: Point): Promise<void> {
  pinned.value = null;
  asked.value = { at, answer: null, region: null, refined: false };
  const mine = () => asked.value?.at === at;
  const there = await mapsOfPhoto({ again: true });
  if (!mine()) return;
  const looked =
    there &&
    (await atWork(async (classifier, photo, signal) => {
      const glance = await classifier.look(there, at, { topK: 1, signal });
      if (!mine()) return true;
      const { region } = glance;
      asked.value = { at, region, answer: glance.predictions[0] ?? null, refined: false };
      const { predictions } = await classifier.classify(photo, { region, topK: 1, signal });
      if (mine()) asked.value = { at, region, answer: predictions[0] ?? null, refined: true };
      return true;
    }));
  // What the maps have said stays, and is not looked at closer.
  if (!looked && mine())
    asked.value = asked.value?.answer ? { ...asked.value, refined: true } : null;
}

/** Looks for several things, or puts the list away. */
export async function findSeveral(): Promise<void> {
  if (several.value) {
    several.value = null;
    pointed.value = null;
    return;
  }
  several.value = 'looking';
  const found = await atWork((classifier, photo, signal) => classifier.find(photo, { signal }));
  if (several.value === 'looking') several.value = found ? found.things : null;
}

/** A twentieth of the photo a press. */
const STEP = 1 / 20;
const DIRECTIONS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** A key pressed on the photo: arrows move the mark, Enter asks about it, Escape puts all away. */
export function steer(event: KeyboardEvent, { width, height }: Size): void {
  if (event.target !== event.currentTarget) return;
  const direction = DIRECTIONS[event.key];
  const { x, y } = mark.value ?? { x: width / 2, y: height / 2 };
  if (direction) {
    const [dx, dy] = direction;
    mark.value = {
      x: clamp(x + dx * width * STEP, 0, width),
      y: clamp(y + dy * height * STEP, 0, height),
    };
  } else if (event.key === 'Enter') {
    mark.value = { x, y };
    void tap({ x, y });
  } else if (event.key === 'Escape') {
    mark.value = null;
    asked.value = null;
    unpin();
  } else {
    return;
  }
  event.preventDefault();
}

/** What the answer says first. */
export function pinFirst(): void {
  const state = specimen.value;
  const first = state.kind === 'done' ? state.result.predictions.find(isOfModel) : undefined;
  if (first) pin(first);
}
