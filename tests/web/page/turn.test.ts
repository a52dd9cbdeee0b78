import { afterEach, expect, it, vi } from 'vitest';
import { inTurn } from '../../../web/page/src/kept/turn.js';

/** Locks that are given when the test says so: a busy tab hears of its turn late. */
class SlowLocks {
  readonly given: (() => Promise<unknown>)[] = [];

  constructor(private readonly isFree: boolean) {}

  request(
    _name: string,
    options: LockOptions,
    act: LockGrantedCallback<unknown>,
  ): Promise<unknown> {
    const lock = options.ifAvailable && !this.isFree ? null : ({ name: _name } as Lock);
    return new Promise((resolve) => {
      this.given.push(async () => resolve(await act(lock)));
    });
  }
}

afterEach(() => {
  vi.unstubAllGlobals();
});

const heard = async (isFree: boolean, stopBefore: number): Promise<string[]> => {
  const locks = new SlowLocks(isFree);
  vi.stubGlobal('navigator', { locks });
  const stop = new AbortController();
  const said: string[] = [];
  const turn = inTurn(
    'run',
    stop.signal,
    () => said.push('waits'),
    async (waited) => void said.push(waited ? 'acts after waiting' : 'acts'),
  );
  for (let n = 0; n < (isFree ? 1 : 2); n++) {
    if (n === stopBefore) stop.abort();
    await vi.waitFor(() => expect(locks.given.length).toBe(n + 1));
    await locks.given[n]?.();
    await Promise.resolve();
    if (stopBefore === 0) break;
  }
  await turn;
  return said;
};

it('acts at once where the turn is free, and waits for it where it is not', async () => {
  expect(await heard(true, 9)).toEqual(['acts']);
  expect(await heard(false, 9)).toEqual(['waits', 'acts after waiting']);
});

it('does nothing in a turn that comes after it was given up', async () => {
  expect(await heard(true, 0)).toEqual([]);
  expect(await heard(false, 0)).toEqual([]);
  expect(await heard(false, 1)).toEqual(['waits']);
});
