// The history over a real (in-memory) IndexedDB.
import 'fake-indexeddb/auto';
import { beforeEach, expect, it, vi } from 'vitest';
import { answerBefore } from '../../../web/page/src/answer/before.js';
import {
  eraseHistory,
  forget,
  forgetForGood,
  illustrate,
  LIMIT,
  type Memory,
  memories,
  readMemories,
  remember,
  restore,
} from '../../../web/page/src/history/store.js';
import { refuseBlobs } from './private-window.js';

// As on a page without https; Node 20 has none at all.
vi.stubGlobal('navigator', {});

const memory = (at: number): Omit<Memory, 'id' | 'thumbnail'> => ({
  at,
  name: `${at}.jpg`,
  result: { predictions: [], answer: answerBefore(undefined, null) },
  model: { zh: '快', en: 'fast' },
});
const times = () => (memories.value ?? []).map(({ at }) => at);

beforeEach(async () => {
  await eraseHistory();
});

it('lists the newest first', async () => {
  for (const at of [1, 2, 3]) await remember(memory(at));
  await readMemories();
  expect(times()).toEqual([3, 2, 1]);
});

it('lets the oldest go beyond its limit', async () => {
  for (let at = 0; at < LIMIT + 3; at++) await remember(memory(at));
  await readMemories();
  expect(times().length).toBe(LIMIT);
  expect(times().at(0)).toBe(LIMIT + 2);
  expect(times().at(-1)).toBe(3);
}, 60_000);

it('forgets one, and puts it back where it was, until it has gone for good', async () => {
  for (const at of [1, 2, 3]) await remember(memory(at));
  await readMemories();
  const id = memories.value?.[1]?.id ?? 0;
  await forget([id]);
  expect(times()).toEqual([3, 1]);
  await readMemories();
  expect(times()).toEqual([3, 1]);
  await restore([id]);
  expect(times()).toEqual([3, 2, 1]);
  await forgetForGood(await forget([id]));
  await restore([id]);
  expect(times()).toEqual([3, 1]);
});

it('remembers at once; the small picture follows, unless the memory has gone', async () => {
  refuseBlobs();
  const id = await remember(memory(1));
  await readMemories();
  expect(memories.value).toMatchObject([{ at: 1, thumbnail: null }]);
  await illustrate(id, new Blob(['small'], { type: 'image/webp' }));
  const [kept] = memories.value ?? [];
  expect(kept?.thumbnail?.type).toBe('image/webp');
  expect(await kept?.thumbnail?.text()).toBe('small');
  await forgetForGood(await forget([id]));
  await illustrate(id, new Blob(['late']));
  await readMemories();
  expect(times()).toEqual([]);
  vi.restoreAllMocks();
});
