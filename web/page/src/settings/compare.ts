import { signal } from '@preact/signals';
import type { Classification } from 'shiwu';
import { siteFile } from '../input/site-file.js';
import { model, openClassifier } from '../state/classifier.js';
import { siteBlob } from '../state/code.js';
import { type Failure, toFailure } from '../state/failure.js';
import { specimen } from '../state/specimen.js';

/** Our own engine held against ONNX Runtime on one photo. */
export interface Comparison {
  /** The greatest difference between two scores of a class, 0 to 1. */
  readonly apart: number;
  /** Whether the first five are the same, in the same order. */
  readonly sameFive: boolean;
  /** Milliseconds of the network on one thread. */
  readonly shiwu: number;
  readonly ort: number;
}

export type Check =
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly comparison: Comparison }
  | { readonly kind: 'failed'; readonly failure: Failure };

export const check = signal<Check | null>(null);

/** Runs of which the fastest counts: the first ones of freshly compiled code are slower. */
const RUNS = 12;

/** With the photo on the table, or one of the site's where there is none. */
export async function compareEngines(): Promise<void> {
  if (check.value?.kind === 'running') return;
  check.value = { kind: 'running' };
  try {
    const photo = await photoAtHand();
    const own = model.value.kind === 'ready' ? model.value.own : null;
    const answers: Record<'shiwu' | 'ort', Classification[]> = { shiwu: [], ort: [] };
    for (const engine of ['shiwu', 'ort'] as const) {
      const classifier = await openClassifier(own, () => {}, engine);
      try {
        const { classes } = classifier.info.model;
        for (let run = 0; run < RUNS; run++) {
          // The photo on the table has been opened before.
          const options = { topK: classes, threshold: 0, maxPixels: Number.POSITIVE_INFINITY };
          answers[engine].push(await classifier.classify(photo, options));
        }
      } finally {
        await classifier.dispose();
      }
    }
    check.value = { kind: 'done', comparison: compare(answers) };
  } catch (error) {
    check.value = { kind: 'failed', failure: toFailure(error) };
  }
}

function compare({ shiwu, ort }: Record<'shiwu' | 'ort', Classification[]>): Comparison {
  const fastest = (runs: readonly Classification[]) =>
    Math.min(...runs.map(({ timings }) => timings.inference));
  const scores = new Map(ort[0]?.predictions.map(({ index, score }) => [index, score]));
  const gaps = shiwu[0]?.predictions.map(({ index, score }) =>
    Math.abs(score - (scores.get(index) ?? 0)),
  );
  const five = (runs: readonly Classification[]) =>
    runs[0]?.predictions
      .slice(0, 5)
      .map(({ index }) => index)
      .join();
  return {
    apart: Math.max(0, ...(gaps ?? [])),
    sameFive: five(shiwu) === five(ort),
    shiwu: fastest(shiwu),
    ort: fastest(ort),
  };
}

async function photoAtHand(): Promise<Blob> {
  const here = specimen.value;
  if ('photo' in here) return here.photo.open(new AbortController().signal);
  return siteBlob(siteFile('samples/coffee.jpg'));
}
