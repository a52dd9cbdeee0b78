// The pool with workers that answer when told to: who gets which picture, and what a cancel, a crash
// or an idle hour does to the others.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ShiwuError } from '../../web/src/errors.js';
import { Pool, type PoolOptions } from '../../web/src/host/pool.js';
import { FakeWorker, labelOf, parcel, SETTINGS } from './support/fake-worker.js';

let started: { worker: FakeWorker; threads: number }[];
beforeEach(() => {
  vi.useFakeTimers();
  started = [];
});
afterEach(() => {
  vi.useRealTimers();
});

function poolOf(options: Partial<PoolOptions> = {}): Pool {
  return new Pool({
    start: async (threads) => {
      const worker = new FakeWorker();
      started.push({ worker, threads });
      return worker.client;
    },
    threads: 1,
    idleTimeout: 60_000,
    most: 16,
    ...options,
  });
}

function ask(pool: Pool, workers = 1, signal = new AbortController().signal): Promise<string> {
  const job = { settings: SETTINGS, askedAt: 0, signal, workers };
  return heard(pool.classify(parcel(), job).then(labelOf));
}

/** Looked at later: until then a rejection must not end the test. */
function heard<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

const settle = () => vi.advanceTimersByTimeAsync(0);
const worker = (index: number) => started[index]?.worker as FakeWorker;

describe('pictures of their own', () => {
  it('take turns in one worker', async () => {
    const pool = poolOf();
    const both = [ask(pool), ask(pool)];
    await settle();
    expect(started).toHaveLength(1);
    expect(worker(0).pictures).toHaveLength(1);
    worker(0).answer('猫');
    await settle();
    expect(worker(0).pictures).toHaveLength(2);
    worker(0).answer('狗');
    expect(await Promise.all(both)).toEqual(['猫', '狗']);
  });

  it('go before an album that waits', async () => {
    const pool = poolOf();
    const album = [ask(pool, 1), ask(pool, 2), ask(pool, 2), ask(pool, 2)];
    await settle();
    const own = ask(pool, 1);
    worker(0).answer('第一');
    await settle();
    worker(0).answer('自己的');
    expect(await own).toBe('自己的');
    pool.stop(new ShiwuError('disposed'));
    await expect(Promise.all(album)).rejects.toMatchObject({ code: 'disposed' });
  });
});

describe('albums', () => {
  it('take as many workers as they ask for, of one thread each', async () => {
    const pool = poolOf({ threads: 4 });
    for (let i = 0; i < 8; i++) void ask(pool, 3);
    await settle();
    expect(started.map(({ threads }) => threads)).toEqual([1, 1, 1]);
    expect(started.map((one) => one.worker.pictures.length)).toEqual([1, 1, 1]);
    void ask(pool, 1);
    await settle();
    // All are busy, and an album's workers may serve a picture of its own.
    expect(started).toHaveLength(3);
    pool.stop(new ShiwuError('disposed'));
  });

  it('never take more than the pool has room for', async () => {
    const pool = poolOf({ most: 2 });
    for (let i = 0; i < 8; i++) void ask(pool, 8);
    await settle();
    expect(pool.size).toBe(2);
    pool.stop(new ShiwuError('disposed'));
  });
});

describe('a cancel', () => {
  it('rejects at once and frees a worker that hears it', async () => {
    const pool = poolOf();
    const stop = new AbortController();
    const given = ask(pool, 1, stop.signal);
    const next = ask(pool);
    await settle();
    stop.abort();
    await expect(given).rejects.toMatchObject({ code: 'aborted' });
    expect(worker(0).cancels).toEqual(worker(0).pictures);
    worker(0).fail('aborted');
    await settle();
    worker(0).answer('猫');
    expect(await next).toBe('猫');
    await vi.advanceTimersByTimeAsync(1000);
    expect(worker(0).terminated).toBe(false);
  });

  it('ends a worker that is deep in a run, and another one takes up what waited', async () => {
    const pool = poolOf();
    const stop = new AbortController();
    const given = ask(pool, 1, stop.signal);
    const next = ask(pool);
    await settle();
    stop.abort();
    await expect(given).rejects.toMatchObject({ code: 'aborted' });
    await vi.advanceTimersByTimeAsync(150);
    expect(worker(0).terminated).toBe(true);
    expect(started).toHaveLength(2);
    worker(1).answer('猫');
    expect(await next).toBe('猫');
    expect(pool.size).toBe(1);
  });

  it('takes a picture that still waits out of the queue', async () => {
    const pool = poolOf();
    const stop = new AbortController();
    const first = ask(pool);
    const given = ask(pool, 1, stop.signal);
    await settle();
    stop.abort();
    await expect(given).rejects.toMatchObject({ code: 'aborted' });
    worker(0).answer('猫');
    expect(await first).toBe('猫');
    await settle();
    expect(worker(0).pictures).toHaveLength(1);
    expect(worker(0).cancels).toEqual([]);
  });
});

it('a frame that was not sent yet when its worker is ended is freed', async () => {
  const pool = poolOf();
  const stop = new AbortController();
  const bitmap = { close: vi.fn() } as unknown as ImageBitmap;
  const frame = { payload: { kind: 'bitmap' as const, bitmap }, transfer: [bitmap] };
  // It waits for the head of the network, without which there are no maps.
  const found = heard(pool.find(frame, { settings: SETTINGS, signal: stop.signal }));
  await settle();
  expect(worker(0).received.map(({ type }) => type)).toEqual(['head']);
  stop.abort();
  await expect(found).rejects.toMatchObject({ code: 'aborted' });
  await vi.advanceTimersByTimeAsync(150);
  expect(worker(0).terminated).toBe(true);
  expect(bitmap.close).toHaveBeenCalled();
});

describe('a worker that dies', () => {
  it('takes only its own picture with it', async () => {
    const pool = poolOf();
    const lost = ask(pool);
    const waiting = ask(pool);
    await settle();
    worker(0).crash();
    await expect(lost).rejects.toMatchObject({ code: 'worker-crashed' });
    await settle();
    worker(1).answer('猫');
    expect(await waiting).toBe('猫');
  });

  it('does not hold up its fellows', async () => {
    const pool = poolOf();
    const all = [ask(pool, 2), ask(pool, 2), ask(pool, 2)];
    await settle();
    worker(1).crash();
    await settle();
    expect(pool.size).toBe(2);
    worker(0).answer('甲');
    worker(2).answer('丙');
    const outcomes = await Promise.allSettled(all);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it.each(['out-of-memory', 'worker-crashed'] as const)(
    'is replaced as well when it says %s itself, and one with a bad photo is not',
    async (code) => {
      const pool = poolOf();
      const bad = ask(pool);
      const lost = ask(pool);
      const waiting = ask(pool);
      await settle();
      worker(0).fail('corrupt-image');
      await expect(bad).rejects.toMatchObject({ code: 'corrupt-image' });
      await settle();
      expect(worker(0).terminated).toBe(false);
      worker(0).fail(code);
      await expect(lost).rejects.toMatchObject({ code });
      await settle();
      expect(worker(0).terminated).toBe(true);
      worker(1).answer('猫');
      expect(await waiting).toBe('猫');
    },
  );

  it('cannot be replaced: everything that waits is told, and a later call tries anew', async () => {
    let broken = true;
    const pool = poolOf({
      start: async (threads) => {
        if (broken) throw new ShiwuError('out-of-memory');
        const fake = new FakeWorker();
        started.push({ worker: fake, threads });
        return fake.client;
      },
    });
    const both = [ask(pool), ask(pool)];
    const outcomes = await Promise.allSettled(both);
    expect(
      outcomes.map((one) => ((one as PromiseRejectedResult).reason as ShiwuError).code),
    ).toEqual(['out-of-memory', 'out-of-memory']);
    broken = false;
    const later = ask(pool);
    await settle();
    worker(0).answer('猫');
    expect(await later).toBe('猫');
  });
});

it('a pool of which no worker could be started tries anew with the next call', async () => {
  let broken = true;
  const late: (() => void)[] = [];
  const pool = poolOf({
    start: async (threads) => {
      // Each while the others are still starting.
      if (broken) await new Promise<void>((resolve) => late.push(resolve));
      if (broken) throw new ShiwuError('out-of-memory');
      const fake = new FakeWorker();
      started.push({ worker: fake, threads });
      return fake.client;
    },
  });
  const both = [ask(pool, 2), ask(pool, 2)];
  for (const fail of late) {
    fail();
    await settle();
  }
  for (const one of both) await expect(one).rejects.toMatchObject({ code: 'out-of-memory' });
  broken = false;
  const later = ask(pool);
  await settle();
  worker(0).answer('猫');
  expect(await later).toBe('猫');
});

it('an album goes on with the workers that there are when no more can be started', async () => {
  const first = new FakeWorker();
  const pool = poolOf({
    start: async () => {
      throw new ShiwuError('out-of-memory');
    },
  });
  pool.adopt(first.client, 2);
  const both = [ask(pool, 3), ask(pool, 3)];
  await settle();
  first.answer('甲');
  await settle();
  first.answer('乙');
  expect(await Promise.all(both)).toEqual(['甲', '乙']);
});

describe('idle workers', () => {
  it('end after the timeout, and the next picture starts a new one', async () => {
    const pool = poolOf({ idleTimeout: 1000 });
    const first = ask(pool);
    await settle();
    worker(0).answer('猫');
    await first;
    await vi.advanceTimersByTimeAsync(999);
    expect(worker(0).terminated).toBe(false);
    await vi.advanceTimersByTimeAsync(2);
    expect(worker(0).terminated).toBe(true);
    expect(pool.size).toBe(0);
    const second = ask(pool);
    await settle();
    worker(1).answer('狗');
    expect(await second).toBe('狗');
  });

  it('that only an album needed end first; the one for single pictures stays', async () => {
    const pool = poolOf({ threads: 2 });
    const single = ask(pool);
    const album = [ask(pool, 2), ask(pool, 2)];
    await settle();
    expect(started.map(({ threads }) => threads)).toEqual([2, 1, 1]);
    for (const { worker } of started) worker.answer('猫');
    await Promise.all([...album, single]);
    await vi.advanceTimersByTimeAsync(1999);
    expect(pool.size).toBe(3);
    await vi.advanceTimersByTimeAsync(2);
    expect(started.map(({ worker }) => worker.terminated)).toEqual([false, true, true]);
    const next = ask(pool);
    await settle();
    worker(0).answer('狗');
    expect(await next).toBe('狗');
    const more = [ask(pool, 2), ask(pool, 2)];
    await settle();
    expect(pool.size).toBe(3);
    for (const index of [3, 4]) worker(index).answer('兔');
    expect(await Promise.all(more)).toEqual(['兔', '兔']);
    await vi.advanceTimersByTimeAsync(2000 + 59_999);
    expect(pool.size).toBe(1);
    await vi.advanceTimersByTimeAsync(2);
    expect(pool.size).toBe(0);
  });

  it('stay for ever with Infinity', async () => {
    const pool = poolOf({ idleTimeout: Number.POSITIVE_INFINITY });
    const first = ask(pool);
    await settle();
    worker(0).answer('猫');
    await first;
    await vi.advanceTimersByTimeAsync(1e9);
    expect(worker(0).terminated).toBe(false);
  });

  it('of a retired pool end once their work is done', async () => {
    const pool = poolOf();
    const last = ask(pool);
    await settle();
    pool.retire();
    await vi.advanceTimersByTimeAsync(1000);
    expect(worker(0).terminated).toBe(false);
    worker(0).answer('猫');
    expect(await last).toBe('猫');
    await vi.advanceTimersByTimeAsync(1);
    expect(worker(0).terminated).toBe(true);
  });
});

it('a stopped pool refuses and leaves no worker', async () => {
  const pool = poolOf();
  const running = ask(pool, 2);
  const starting = ask(pool, 2);
  await settle();
  pool.stop(new ShiwuError('disposed'));
  for (const one of [running, starting, ask(pool)]) {
    await expect(one).rejects.toMatchObject({ code: 'disposed' });
  }
  await settle();
  expect(started.every((one) => one.worker.terminated)).toBe(true);
  expect(pool.size).toBe(0);
});
