import { signal } from '@preact/signals';
import type { Classification } from 'shiwu';
import { classifierForPhoto } from '../state/classifier.js';
import { type Failure, toFailure } from '../state/failure.js';

/** What the camera sees just now; null before the first answer. */
export const seen = signal<Classification | null>(null);

/** The same, but a new name shows only once it has been first for a moment: a headline must not flicker. */
export const steady = signal<Classification | null>(null);

export const failure = signal<Failure | null>(null);

const HOLD_MS = 500;

/** Names what the video shows until the signal says so. */
export async function look(video: HTMLVideoElement, signal: AbortSignal): Promise<void> {
  seen.value = null;
  steady.value = null;
  failure.value = null;
  while (!signal.aborted) {
    try {
      const classifier = await classifierForPhoto();
      if (signal.aborted) return;
      const hold = holder();
      for await (const result of classifier.watch(video, { topK: 5, signal })) {
        seen.value = result;
        if (hold(result)) steady.value = result;
      }
      return;
    } catch (error) {
      const what = toFailure(error);
      // Another model has taken this one's place: go on with it.
      if (what.code === 'disposed') continue;
      if (!signal.aborted) failure.value = what;
      return;
    }
  }
}

/** True for a result whose name is the one shown, or has been first for long enough. */
function holder(): (result: Classification) => boolean {
  let shown: string | undefined;
  let next: string | undefined;
  let since = 0;
  return (result) => {
    const name = result.answer.label_zh;
    if (name !== next) {
      next = name;
      since = performance.now();
    }
    if (shown === undefined || performance.now() - since >= HOLD_MS) shown = name;
    return name === shown;
  };
}
