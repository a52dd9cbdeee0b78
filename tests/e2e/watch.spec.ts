// The loop behind Classifier.watch, in real Chromium: a canvas plays the camera, and the classifier is
// one that can be told to be slow or to fail, but for the last test, which asks the network.
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { build } from 'esbuild';
import type * as Errors from '../../web/src/errors.js';
import type * as Video from '../../web/src/video/watch.js';
import { serve } from '../support/serve.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

type Answer = Awaited<ReturnType<Parameters<typeof Video.watch>[0]>>;
type Watched = ReturnType<typeof Video.watch>;

/** What the page under test has. */
interface Stage {
  readonly watch: typeof Video.watch;
  readonly ShiwuError: typeof Errors.ShiwuError;
  /** A video that shows what is drawn on `context`; every new colour is a new frame. */
  readonly video: HTMLVideoElement;
  readonly context: CanvasRenderingContext2D;
  readonly stream: MediaStream;
  /** Calls of the pretended classifier so far, and how many of them were under way at once at most. */
  readonly count: { calls: number; running: number; most: number; aborted: number };
  /** Milliseconds that a call takes. */
  delay: number;
  /** Codes with which the next calls fail. */
  failures: string[];
  classify: Parameters<typeof Video.watch>[0];
  sleep(milliseconds: number): Promise<void>;
  /** Until so many frames have been taken up in all. */
  taken(calls: number): Promise<void>;
  hide(hidden: boolean): void;
  /** Where a promise stands after some time: its value, `error: CODE`, or `waiting`. */
  outcome(promise: Promise<unknown>, milliseconds: number): Promise<unknown>;
}

declare global {
  interface Window {
    stage: Stage;
  }
}

let server: Awaited<ReturnType<typeof serve>>;
let bundle: string;
test.beforeAll(async () => {
  server = await serve(root);
  const { outputFiles } = await build({
    stdin: {
      contents:
        "export { watch } from './web/src/video/watch.ts'; export { ShiwuError } from './web/src/errors.ts';",
      resolveDir: root,
    },
    bundle: true,
    format: 'esm',
    write: false,
  });
  bundle = outputFiles[0]?.text ?? '';
});
test.afterAll(() => server.close());

test.beforeEach(async ({ page }) => {
  await page.route('**/watch.js', (route) =>
    route.fulfill({ contentType: 'text/javascript', body: bundle }),
  );
  await page.goto(server.url);
  await page.evaluate(async () => {
    const url = '/watch.js';
    const { watch, ShiwuError } = (await import(url)) as Pick<Stage, 'watch' | 'ShiwuError'>;
    const canvas = document.createElement('canvas');
    canvas.width = 64;
    canvas.height = 48;
    document.body.append(canvas);
    const context = canvas.getContext('2d') as CanvasRenderingContext2D;
    let hue = 0;
    const draw = () => {
      context.fillStyle = `hsl(${hue++} 80% 50%)`;
      context.fillRect(0, 0, 8, 8);
    };
    draw();
    setInterval(draw, 20);
    const stream = canvas.captureStream();
    const video = document.createElement('video');
    video.muted = true;
    video.srcObject = stream;
    document.body.append(video);
    await video.play();

    const count = { calls: 0, running: 0, most: 0, aborted: 0 };
    const sleep = (milliseconds: number) =>
      new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
    const stage: Stage = {
      watch,
      ShiwuError,
      video,
      context,
      stream,
      count,
      delay: 5,
      failures: [],
      sleep,
      async classify(_, { signal } = {}) {
        count.calls++;
        count.running++;
        count.most = Math.max(count.most, count.running);
        const aborted = new Promise<never>((_resolve, reject) =>
          signal?.addEventListener('abort', () => {
            count.aborted++;
            reject(new ShiwuError('aborted'));
          }),
        );
        try {
          await Promise.race([sleep(stage.delay), aborted]);
        } finally {
          count.running--;
        }
        const code = stage.failures.shift();
        if (code === 'TypeError') throw new TypeError('not of the library');
        if (code) throw new ShiwuError(code as Errors.ErrorCode);
        return {
          predictions: [{ index: 1, id: 'one', score: 0.5 }],
          answer: { kind: 'class', id: 'one', score: 0.5 },
          timings: { total: count.calls },
        } as unknown as Answer;
      },
      async taken(calls) {
        while (count.calls < calls) await sleep(5);
      },
      hide(hidden) {
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
        document.dispatchEvent(new Event('visibilitychange'));
      },
      outcome: (promise, milliseconds) =>
        Promise.race([
          promise.catch((error: Error & { code?: string }) => `error: ${error.code ?? error.name}`),
          sleep(milliseconds).then(() => 'waiting'),
        ]),
    };
    window.stage = stage;
  });
});

test('one frame at a time, the latest, and no more often than maxRate', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const { watch, video, classify, count, sleep } = window.stage;
    const started = performance.now();
    let seen = 0;
    for await (const _ of watch(classify, video, { maxRate: 20 })) {
      if (++seen === 10) break;
      // A caller slower than the camera: what it does not take is not worked at.
      if (seen === 3) await sleep(500);
    }
    return { ms: performance.now() - started, ...count, seen };
  });
  expect(result).toMatchObject({ seen: 10, calls: 10, most: 1, running: 0 });
  // Nine gaps of 50 ms at least, one of which was made 500.
  expect(result.ms).toBeGreaterThan(8 * 50 + 500);
});

test('two that ask at once are answered one after the other', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const { watch, video, classify, count } = window.stage;
    const watched = watch(classify, video, { maxRate: 1000 });
    const steps = await Promise.all([watched.next(), watched.next(), watched.next()]);
    await watched.return?.();
    return { calls: steps.map(({ value }) => (value as Answer).timings.total), most: count.most };
  });
  expect(result).toEqual({ calls: [1, 2, 3], most: 1 });
});

test('a slow network does not make frames wait', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const { stage } = window;
    stage.delay = 150; // about seven frames of the camera
    let seen = 0;
    for await (const _ of stage.watch(stage.classify, stage.video, { maxRate: 1000 })) {
      if (++seen === 5) break;
    }
    await stage.sleep(300);
    return stage.count;
  });
  expect(result).toMatchObject({ calls: 5, most: 1, running: 0 });
});

test('the options reach the classifier; the threshold and topK are for the averages', async ({
  page,
}) => {
  const asked = await page.evaluate(async () => {
    const { watch, video } = window.stage;
    const seen: Record<string, unknown>[] = [];
    const answers: number[][] = [];
    const classify = async (input: unknown, { signal, ...options }: { signal?: AbortSignal }) => {
      seen.push({ video: input === video, signal: signal instanceof AbortSignal, ...options });
      const scores = [0.5, 0.3, 0.1];
      return {
        predictions: scores.map((score, index) => ({ index, score })),
        answer: { kind: 'unknown', id: null, score: 0 },
      } as unknown as Answer;
    };
    const region = { x: 1, y: 2, width: 3, height: 4 };
    for (const options of [
      { topK: 2, threshold: 0.4, region, allow: ['a'], features: true },
      { topK: 50 },
      { topK: 2 },
    ]) {
      for await (const { predictions } of watch(classify, video, options)) {
        answers.push(predictions.map(({ index }) => index));
        break;
      }
    }
    return { seen, answers };
  });
  const region = { x: 1, y: 2, width: 3, height: 4 };
  const always = { video: true, signal: true };
  expect(asked.seen).toEqual([
    { ...always, topK: 20, threshold: 0, region, allow: ['a'], features: true },
    { ...always, topK: 50 },
    { ...always, topK: 20 },
  ]);
  expect(asked.answers).toEqual([[0], [0, 1, 2], [0, 1]]);
});

test('a hidden page does no work, and goes on when it is seen again', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const { watch, video, classify, count, hide, sleep, outcome } = window.stage;
    const watched = watch(classify, video, { maxRate: 100 });
    await watched.next();
    hide(true);
    const next = watched.next();
    const whileHidden = await outcome(next, 600);
    const calls = count.calls;
    hide(false);
    const after = await next;
    // Hidden while a frame is waited for.
    hide(true);
    await sleep(50);
    const leaving = watched.next();
    await sleep(50);
    const left = await outcome(watched.return?.() ?? Promise.resolve(), 3000);
    return { whileHidden, calls, done: after.done, left, pending: await outcome(leaving, 3000) };
  });
  expect(result).toEqual({
    whileHidden: 'waiting',
    calls: 1,
    done: false,
    left: { done: true },
    pending: { done: true },
  });
});

test('a signal ends it quietly: before, in mid-frame and while waiting', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const { stage } = window;
    const { watch, video, classify, count, outcome, sleep, taken, hide } = stage;
    const early = await outcome(
      watch(classify, video, { signal: AbortSignal.abort() }).next(),
      3000,
    );
    const callsEarly = count.calls;

    stage.delay = 5000;
    const inWork = new AbortController();
    const working = watch(classify, video, { signal: inWork.signal }).next();
    await taken(1);
    inWork.abort();
    const middle = await outcome(working, 1000);

    hide(true);
    const waiting = new AbortController();
    const idle = watch(classify, video, { signal: waiting.signal });
    const pending = idle.next();
    await sleep(50);
    waiting.abort();
    const waited = await outcome(pending, 1000);
    return { early, callsEarly, middle, aborted: count.aborted, waited, again: await idle.next() };
  });
  const done = { done: true };
  expect(result).toEqual({
    early: done,
    callsEarly: 0,
    middle: done,
    aborted: 1,
    waited: done,
    again: done,
  });
});

test('a classifier that is disposed ends it by that error, also while it waits', async ({
  page,
}) => {
  const result = await page.evaluate(async () => {
    const { watch, ShiwuError, video, classify, outcome, hide } = window.stage;
    const begin = (signal?: AbortSignal) => {
      const end = new AbortController();
      const watched = watch(classify, video, signal ? { signal } : {}, end.signal);
      return { watched, dispose: () => end.abort(new ShiwuError('disposed')) };
    };
    video.pause();
    const paused = begin();
    await paused.watched.next(); // the picture that is there, and no other comes
    const none = paused.watched.next();
    paused.dispose();

    hide(true);
    const hidden = begin();
    const unseen = hidden.watched.next();
    hidden.dispose();

    const stop = new AbortController();
    const stopped = begin(stop.signal);
    const quiet = stopped.watched.next();
    stop.abort();
    stopped.dispose();
    return Promise.all([none, unseen, quiet].map((next) => outcome(next, 1000)));
  });
  expect(result).toEqual(['error: disposed', 'error: disposed', { done: true }]);
});

test('leaving the loop, return() and throw() cancel what is under way', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const { stage } = window;
    const { watch, video, classify, count, outcome, taken } = stage;
    stage.delay = 5000; // much longer than an end may take
    const returned = watch(classify, video);
    const first = returned.next();
    await taken(1);
    const left = await outcome(returned.return?.('value') ?? Promise.resolve(), 1000);
    const thrown = watch(classify, video);
    const second = thrown.next();
    await taken(2);
    const threw = await outcome(thrown.throw?.(new RangeError('mine')) ?? Promise.resolve(), 1000);
    return {
      left,
      first: await outcome(first, 1000),
      threw,
      second: await outcome(second, 1000),
      count: { ...count },
    };
  });
  expect(result).toEqual({
    left: { done: true },
    first: { done: true },
    threw: 'error: RangeError',
    second: { done: true },
    count: { calls: 2, running: 0, most: 1, aborted: 2 },
  });
});

test('it ends when the camera is switched off', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const { watch, video, classify, stream, outcome } = window.stage;
    const watched = watch(classify, video);
    await watched.next();
    for (const track of stream.getTracks()) track.stop();
    let more = 0;
    const rest = (async () => {
      for await (const _ of watched) more++;
      return 'ended';
    })();
    return { rest: await outcome(rest, 10_000), more };
  });
  expect(result.rest).toBe('ended');
  expect(result.more).toBeLessThanOrEqual(1);
});

test('it ends when the video loses its source, and waits for one that has none yet', async ({
  page,
}) => {
  const result = await page.evaluate(async () => {
    const { watch, video, classify, stream, outcome, sleep } = window.stage;
    const late = document.createElement('video');
    late.muted = true;
    const watched = watch(classify, late);
    const first = watched.next();
    const before = await outcome(first, 400);
    late.srcObject = stream;
    await late.play();
    const came = await first;
    // Another camera takes the place of the first: the watch goes on.
    late.srcObject = video.srcObject instanceof MediaStream ? video.srcObject.clone() : null;
    await late.play();
    await sleep(300);
    const exchanged = await watched.next();
    late.srcObject = null;
    return { before, came: came.done, exchanged: exchanged.done, after: await watched.next() };
  });
  expect(result).toEqual({
    before: 'waiting',
    came: false,
    exchanged: false,
    after: { done: true },
  });
});

test('it ends with the film, and works at no paused one', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const { watch, classify, count, stream, outcome, sleep } = window.stage;
    const recorder = new MediaRecorder(stream, { mimeType: 'video/webm' });
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const stopped = new Promise((resolve) => {
      recorder.onstop = resolve;
    });
    recorder.start();
    await sleep(1500); // a machine with much else to do records few frames, and shows fewer
    recorder.stop();
    await stopped;
    const film = document.createElement('video');
    film.muted = true;
    film.src = URL.createObjectURL(new Blob(parts, { type: 'video/webm' }));
    await new Promise((resolve) => {
      film.onloadeddata = resolve;
    });
    const watched = watch(classify, film, { maxRate: 50 });
    const still = await watched.next();
    // The browser may tell of the first picture after it was looked at: that is the second answer.
    let paused = watched.next();
    if ((await outcome(paused, 700)) !== 'waiting') paused = watched.next();
    const more = await outcome(paused, 700);
    const { calls } = count;
    await film.play();
    const played = await paused;
    let rest = 0;
    for await (const _ of watched) rest++;
    const broken = document.createElement('video');
    broken.src = 'data:video/webm;base64,AAAA';
    const refused = await outcome(watch(classify, broken).next(), 3000);
    return {
      still: still.done,
      more,
      calls,
      played: played.done,
      rest,
      ended: film.ended,
      refused,
    };
  });
  expect(result).toMatchObject({
    still: false,
    more: 'waiting',
    played: false,
    ended: true,
    refused: 'error: unreadable-input',
  });
  expect(result.calls).toBeLessThanOrEqual(2);
  expect(result.rest).toBeGreaterThan(2);
});

test('a failure that passes skips its frame; five in a row, or one that lasts, end the watch', async ({
  page,
}) => {
  const result = await page.evaluate(async () => {
    const { stage } = window;
    const { watch, video, classify, count, outcome } = stage;
    const crash = 'worker-crashed';
    const runs: Record<string, unknown> = {};
    for (const [name, failures] of Object.entries({
      passing: [crash, 'inference-failed', crash, 'unreadable-input'],
      broken: [crash, crash, '', crash, crash, crash, crash, ''],
      lasting: [crash, crash, crash, crash, crash],
      disposed: ['disposed'],
      argument: ['invalid-argument'],
      unknown: ['TypeError'],
    })) {
      count.calls = 0;
      stage.failures = failures;
      const watched: Watched = watch(classify, video, { maxRate: 1000 });
      const first = await outcome(watched.next(), 5000);
      const second = name === 'broken' ? await outcome(watched.next(), 5000) : undefined;
      const told = (step: unknown) => (typeof step === 'string' ? step : 'answered');
      runs[name] = [told(first), ...(second ? [told(second)] : []), count.calls];
      // Once over, over: an iterator that threw gives nothing more.
      if (typeof first === 'string') {
        const { done } = await watched.next();
        if (!done) runs[name] = 'went on';
      }
      await watched.return?.();
    }
    return runs;
  });
  expect(result).toEqual({
    passing: ['answered', 5],
    broken: ['answered', 'answered', 8],
    lasting: ['error: worker-crashed', 5],
    disposed: ['error: disposed', 1],
    argument: ['error: invalid-argument', 1],
    unknown: ['error: TypeError', 1],
  });
});

test('bad arguments are refused by code', async ({ page }) => {
  const codes = await page.evaluate(async () => {
    const { watch, video, classify, outcome } = window.stage;
    const ask = (options: object, element: unknown = video) =>
      outcome(watch(classify, element as HTMLVideoElement, options).next(), 1000);
    return [
      await ask({ smoothing: 0 }),
      await ask({ smoothing: 1.1 }),
      await ask({ maxRate: 0 }),
      await ask({ maxRate: Number.NaN }),
      await ask({ topK: 0 }),
      await ask({ threshold: 2 }),
      await ask({}, document.createElement('canvas')),
      await ask({}, null),
    ];
  });
  const argument = 'error: invalid-argument';
  const input = 'error: unsupported-input';
  expect(codes).toEqual([...Array<string>(6).fill(argument), input, input]);
});

test("an iframe's video and camera are as good as the page's own", async ({ page }) => {
  const result = await page.evaluate(async () => {
    const { watch, classify, outcome, sleep } = window.stage;
    const frame = document.createElement('iframe');
    document.body.append(frame);
    const inside = frame.contentDocument as Document;
    const canvas = inside.createElement('canvas');
    const video = inside.createElement('video');
    inside.body.append(canvas, video);
    const context = canvas.getContext('2d') as CanvasRenderingContext2D;
    let hue = 0;
    setInterval(() => {
      context.fillStyle = `hsl(${hue++} 80% 50%)`;
      context.fillRect(0, 0, 8, 8);
    }, 20);
    const stream = canvas.captureStream();
    video.muted = true;
    video.srcObject = stream;
    await video.play();
    const watched = watch(classify, video, { maxRate: 1000 });
    const seen = [await outcome(watched.next(), 5000), await outcome(watched.next(), 5000)];
    for (const track of stream.getTracks()) track.stop();
    await sleep(300);
    await outcome(watched.next(), 1000);
    return {
      foreign: !(video instanceof HTMLVideoElement) && !(stream instanceof MediaStream),
      seen: seen.map((each) => (each as { done?: boolean }).done),
      end: await outcome(watched.next(), 1000),
    };
  });
  expect(result).toEqual({ foreign: true, seen: [false, false], end: { done: true } });
});

test('without requestVideoFrameCallback it watches by animation frames', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const { watch, video, classify, count, outcome, stream } = window.stage;
    Reflect.deleteProperty(HTMLVideoElement.prototype, 'requestVideoFrameCallback');
    const watched = watch(classify, video, { maxRate: 1000 });
    for (let i = 0; i < 5; i++) await watched.next();
    const { calls, most } = count;
    for (const track of stream.getTracks()) track.stop();
    await outcome(watched.next(), 1000);
    return { calls, most, end: await outcome(watched.next(), 1000) };
  });
  expect(result).toEqual({ calls: 5, most: 1, end: { done: true } });
});

test('the network names what a camera shows, and a cut at once', async ({ page }) => {
  const ids = await page.evaluate(async () => {
    const { video, context, stream } = window.stage;
    const url = '/dist/index.js';
    const { createClassifier } = (await import(url)) as typeof import('../../web/src/index.js');
    const classifier = await createClassifier();
    const { canvas } = context;
    canvas.width = 448;
    canvas.height = 300;
    const probe = new OffscreenCanvas(448, 300).getContext('2d', { willReadFrequently: true });
    const pixels = (source: CanvasImageSource) => {
      probe?.drawImage(source, 0, 0, 448, 300);
      return probe?.getImageData(0, 0, 448, 300).data ?? new Uint8ClampedArray();
    };
    const frame = () => new Promise<unknown>((resolve) => video.requestVideoFrameCallback(resolve));
    /** The stream shows what the canvas does, and nothing else comes late. */
    const shown = async () => {
      const wanted = pixels(canvas);
      for (let same = 0; same < 3; ) {
        await frame();
        const found = pixels(video);
        let sum = 0;
        for (const [at, value] of wanted.entries()) sum += Math.abs(value - (found[at] ?? 0));
        same = sum < 5 * wanted.length ? same + 1 : 0;
      }
    };
    const show = async (name: string) => {
      const photo = await (await fetch(`/tests/fixtures/photos/${name}.png`)).blob();
      const bitmap = await createImageBitmap(photo);
      context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      bitmap.close();
      await shown();
    };
    const watched = classifier.watch(video, { topK: 3 });
    const seen: string[][] = [];
    const look = async () => {
      const { value } = (await watched.next()) as IteratorYieldResult<Answer>;
      seen.push(value.predictions.map(({ id }) => id));
    };
    await show('chelsea');
    await look();
    await look();
    await show('coffee');
    await look();
    await classifier.dispose();
    const over = await window.stage.outcome(watched.next(), 3000);
    for (const track of stream.getTracks()) track.stop();
    return { seen, over };
  });
  expect(ids.seen.map((each) => each.length)).toEqual([3, 3, 3]);
  expect(ids.seen[0]?.[0]).toBe('n02124075'); // Egyptian cat
  expect(ids.seen[1]?.[0]).toBe('n02124075');
  expect(ids.seen[2]?.[0]).toBe('n07920052'); // espresso
  expect(ids.over).toBe('error: disposed');
});
