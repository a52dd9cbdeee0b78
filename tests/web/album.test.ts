// classifyMany's loop, without a model: order, bounds, failures, cancels.
import { expect, it } from 'vitest';
import { type AlbumOptions, album } from '../../web/src/album.js';
import { ShiwuError } from '../../web/src/errors.js';
import type { Classification, ManyProgress, ManyResult } from '../../web/src/types.js';
import { labelOf, resultOf } from './support/fake-worker.js';

interface Look {
  readonly input: string;
  readonly signal: AbortSignal;
  answer(): void;
  fail(error: unknown): void;
}

/** An album whose pictures are answered by hand. */
function start(
  inputs: Iterable<string> | AsyncIterable<string>,
  options: Partial<AlbumOptions<string>> = {},
) {
  const looks: Look[] = [];
  const results = album<string>(inputs, {
    classify: (input, signal) =>
      new Promise<Classification>((resolve, reject) => {
        looks.push({ input, signal, answer: () => resolve(resultOf(input)), fail: reject });
      }),
    inFlight: 2,
    order: 'input',
    signal: undefined,
    onProgress: () => {},
    ...options,
  });
  return { looks, results };
}

const tick = () => new Promise((resolve) => setTimeout(resolve));
const names = (looks: Look[]) => looks.map(({ input }) => input);
const name = ({ value }: IteratorResult<ManyResult<string>, undefined>) =>
  value?.result ? labelOf(value.result) : value?.error?.code;

it('keeps to the order of the inputs and to so many at once', async () => {
  const { looks, results } = start(['a', 'b', 'c', 'd']);
  const first = results.next();
  await tick();
  expect(names(looks)).toEqual(['a', 'b']);
  looks[1]?.answer();
  await tick();
  expect(names(looks)).toEqual(['a', 'b']); // b waits for a, and holds its place
  looks[0]?.answer();
  expect(name(await first)).toBe('a');
  expect(name(await results.next())).toBe('b');
  const third = results.next();
  await tick();
  expect(names(looks)).toEqual(['a', 'b', 'c', 'd']);
  looks[2]?.answer();
  looks[3]?.answer();
  expect(name(await third)).toBe('c');
  expect(name(await results.next())).toBe('d');
  expect((await results.next()).done).toBe(true);
});

it('gives what is ready first, when asked to', async () => {
  const { looks, results } = start(['a', 'b', 'c'], { order: 'ready' });
  const first = results.next();
  await tick();
  looks[1]?.answer();
  expect(await first).toMatchObject({ value: { index: 1, input: 'b' } });
  const second = results.next();
  await tick();
  looks[2]?.answer();
  expect(await second).toMatchObject({ value: { index: 2, input: 'c' } });
});

it('takes no more inputs than are looked at: a million of them cost nothing', async () => {
  let made = 0;
  function* inputs() {
    for (; made < 1e6; made++) yield `${made}`;
  }
  const { looks, results } = start(inputs(), { inFlight: 4 });
  void results.next();
  await tick();
  expect(looks).toHaveLength(4);
  expect(made).toBe(3); // the fourth yield has not been resumed
  looks[0]?.answer();
  await tick();
  expect(looks).toHaveLength(4); // nobody has asked for more than the first result
});

it('gives results that are ready while a slow source makes the next input', async () => {
  let release = () => {};
  async function* inputs() {
    yield 'a';
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    yield 'b';
  }
  const { looks, results } = start(inputs());
  const first = results.next();
  await tick();
  looks[0]?.answer();
  expect(name(await first)).toBe('a');
  const second = results.next();
  release();
  await tick();
  looks[1]?.answer();
  expect(name(await second)).toBe('b');
});

it('counts, and makes a failure one of the results', async () => {
  const seen: ManyProgress[] = [];
  const { looks, results } = start(['a', 'b'], { onProgress: (progress) => seen.push(progress) });
  const first = results.next();
  await tick();
  looks[0]?.fail(new ShiwuError('corrupt-image'));
  looks[1]?.answer();
  expect(name(await first)).toBe('corrupt-image');
  expect(name(await results.next())).toBe('b');
  expect(seen).toEqual([
    { done: 1, failed: 1, total: 2 },
    { done: 2, failed: 1, total: 2 },
  ]);
});

it.each(['disposed', 'surprise'])('ends by throwing when %s', async (what) => {
  const error = what === 'disposed' ? new ShiwuError('disposed') : new TypeError('a bug');
  const { looks, results } = start(['a', 'b', 'c']);
  const first = results.next();
  await tick();
  looks[0]?.fail(error);
  await expect(first).rejects.toBe(error);
  expect(looks[1]?.signal.aborted).toBe(true);
});

it('an abort ends it, also while the source hangs, and cancels what is under way', async () => {
  const stop = new AbortController();
  async function* inputs() {
    yield 'a';
    await new Promise(() => {});
  }
  const { looks, results } = start(inputs(), { signal: stop.signal });
  const first = results.next();
  await tick();
  stop.abort();
  await expect(first).rejects.toMatchObject({ code: 'aborted' });
  expect(looks[0]?.signal.aborted).toBe(true);
  expect((await results.next()).done).toBe(true);
});

it('leaving the loop cancels what is under way and closes the source', async () => {
  let closed = false;
  function* inputs() {
    try {
      yield* ['a', 'b', 'c'];
    } finally {
      closed = true;
    }
  }
  const { looks, results } = start(inputs());
  setTimeout(() => looks[0]?.answer());
  for await (const { index } of results) {
    expect(index).toBe(0);
    break;
  }
  expect(looks[1]?.signal.aborted).toBe(true);
  expect(closed).toBe(true);
});

it('inputs that throw end it with their own error', async () => {
  function* inputs() {
    yield 'a';
    throw new RangeError('no more');
  }
  const { results } = start(inputs());
  await expect(results.next()).rejects.toThrow('no more');
});

it('no inputs, no results', async () => {
  expect((await start([]).results.next()).done).toBe(true);
});
