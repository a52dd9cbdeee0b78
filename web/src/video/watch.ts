/** The loop behind `Classifier.watch`: the latest frame wins, one at a time, and never a queue. */
import { ShiwuError } from '../errors.js';
import { isA } from '../sources/kind.js';
import type { Classification, ClassifyOptions, ImageInput, WatchOptions } from '../types.js';
import { nextFrame, pause, whileHidden } from './frames.js';
import { hasEnded, hasSource } from './source.js';
import { Steady } from './steady.js';

type Classify = (input: ImageInput, options: ClassifyOptions) => Promise<Classification>;

const DEFAULT_TOP_K = 5;
const DEFAULT_SMOOTHING = 0.4;
const DEFAULT_MAX_RATE = 10;
/** Classes averaged, where fewer are asked for: one that is sixth in this frame may be first in the next. */
const CLASSES_KEPT = 20;

/** Failures of one frame; the next may well succeed. Any other code ends the watch. */
const PASSING: ReadonlySet<string> = new Set([
  'unreadable-input', // as while the camera is exchanged
  'inference-failed',
  'non-finite-scores',
  'out-of-memory',
  'worker-crashed',
]);
/** So many passing failures in a row are one that lasts, such as a video of another origin without CORS. */
const FAILURES_IN_A_ROW = 5;

/**
 * Classifies what `video` shows until it ends, its camera stops, `signal` aborts or the caller
 * leaves the loop. Work is done only while a result is asked for: a slow caller gets fewer frames,
 * never older ones.
 *
 * A failure that may pass skips its frame; the fifth in a row, and any that cannot pass (`disposed`,
 * `unsupported-input`, `invalid-argument`, …), is thrown. A video that cannot be played at all throws
 * `unreadable-input`. `end`: with a `ShiwuError` for its reason, which is thrown when it aborts.
 */
export function watch(
  classify: Classify,
  video: HTMLVideoElement,
  options: WatchOptions = {},
  end: AbortSignal = new AbortController().signal,
): AsyncIterableIterator<Classification> {
  const { signal } = options;
  const stop = new AbortController();
  const onAbort = () => stop.abort();
  const onEnd = () => stop.abort(end.reason);
  const answers = answersOf(classify, video, options, stop.signal);
  const settle = () => {
    signal?.removeEventListener('abort', onAbort);
    end.removeEventListener('abort', onEnd);
  };
  if (signal?.aborted) onAbort();
  else if (end.aborted) onEnd();
  signal?.addEventListener('abort', onAbort, { once: true });
  end.addEventListener('abort', onEnd, { once: true });

  return {
    async next() {
      try {
        const step = await answers.next();
        if (step.done) settle();
        return step;
      } catch (error) {
        settle();
        throw error;
      }
    },
    // A generator alone would hear these only after its next frame, which may never come.
    return() {
      stop.abort();
      settle();
      return answers.return(undefined);
    },
    throw(error: unknown) {
      stop.abort();
      settle();
      return answers.throw(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

async function* answersOf(
  classify: Classify,
  video: HTMLVideoElement,
  options: WatchOptions,
  stop: AbortSignal,
): AsyncGenerator<Classification, undefined> {
  if (typeof HTMLVideoElement === 'undefined') {
    throw new ShiwuError('unsupported-environment', 'watch needs a page');
  }
  if (!isA(video, 'HTMLVideoElement')) {
    throw new ShiwuError('unsupported-input', 'watch takes a <video>');
  }
  const { signal: _, smoothing = DEFAULT_SMOOTHING, maxRate = DEFAULT_MAX_RATE, ...each } = options;
  const { topK = DEFAULT_TOP_K, threshold } = each;
  check(smoothing > 0 && smoothing <= 1, `smoothing ${smoothing}`);
  check(maxRate > 0, `maxRate ${maxRate}`);
  check(Number.isInteger(topK) && topK >= 1, `topK ${topK}`);
  check(threshold === undefined || (threshold >= 0 && threshold <= 1), `threshold ${threshold}`);

  const steady = new Steady({ smoothing, topK, threshold: threshold ?? 0 });
  const settings: ClassifyOptions = {
    ...each,
    topK: Math.max(topK, CLASSES_KEPT),
    // The threshold is for the averages. Without one, the model's own labels keep theirs.
    ...(threshold === undefined ? {} : { threshold: 0 }),
    signal: stop,
  };
  let startedAt = Number.NEGATIVE_INFINITY;
  let failures = 0;
  let hadSource = false;
  // The picture already there is looked at first: a paused video may show no other.
  let unseen = video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;

  for (;;) {
    await pause(startedAt + 1000 / maxRate - performance.now(), stop);
    if (await whileHidden(stop)) steady.reset();
    const fresh = unseen || (await nextFrame(video, stop));
    unseen = false;
    if (isOver(stop)) return;
    if (video.error) throw new ShiwuError('unreadable-input', video.error.message);
    hadSource ||= hasSource(video);
    if (hadSource && (hasEnded(video) || !hasSource(video))) return;
    if (!fresh || document.hidden) continue;

    startedAt = performance.now();
    let answer: Classification;
    try {
      answer = await classify(video, settings);
      failures = 0;
    } catch (error) {
      if (isOver(stop)) return;
      failures++;
      const passing = error instanceof ShiwuError && PASSING.has(error.code);
      if (!passing || failures === FAILURES_IN_A_ROW) throw error;
      continue;
    }
    if (isOver(stop)) return;
    yield steady.add(answer);
  }
}

/** Quietly, unless it was for a reason that whoever watches must hear. */
function isOver({ aborted, reason }: AbortSignal): boolean {
  if (reason instanceof ShiwuError) throw reason;
  return aborted;
}

function check(good: boolean, detail: string): void {
  if (!good) throw new ShiwuError('invalid-argument', detail);
}
