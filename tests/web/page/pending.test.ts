import { afterEach, expect, it, vi } from 'vitest';
import { stored, untilStored } from '../../../web/page/src/kept/pending.js';

afterEach(() => vi.useRealTimers());

it('waits for all that is on its way, and for what that leads to, be it refused', async () => {
  const log: string[] = [];
  let first = () => {};
  let second = () => {};
  untilStored(
    new Promise<void>((resolve) => {
      first = resolve;
    }).then(() => {
      untilStored(
        new Promise<void>((_, reject) => {
          second = () => reject(new Error('full'));
        }),
      );
    }),
  );
  const done = stored().then(() => log.push('stored'));
  first();
  await new Promise((resolve) => setTimeout(resolve));
  expect(log).toEqual([]);
  second();
  await done;
  expect(log).toEqual(['stored']);
  await stored();
});

it('does not wait for ever', async () => {
  vi.useFakeTimers();
  untilStored(new Promise(() => {}));
  const done = stored();
  await vi.advanceTimersByTimeAsync(30_000);
  await done;
});
