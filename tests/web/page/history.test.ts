// The history over a real (in-memory) IndexedDB.
import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { beforeEach, expect, it, vi } from 'vitest';
import { answerBefore } from '../../../web/page/src/answer/before.js';
import {
  DATABASE,
  forget,
  forgetAll,
  LIMIT,
  type Memory,
  memories,
  readMemories,
  remember,
  restore,
} from '../../../web/page/src/history/store.js';
import { refuseBlobs } from './private-window.js';

const memory = (at: number): Omit<Memory, 'id'> => ({
  at,
  name: `${at}.jpg`,
  thumbnail: null,
  result: { predictions: [], answer: answerBefore(undefined, null) },
  model: { zh: '快', en: 'fast' },
});
const times = () => (memories.value ?? []).map(({ at }) => at);

beforeEach(async () => {
  await forgetAll();
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

it('forgets one, and puts it back where it was', async () => {
  for (const at of [1, 2, 3]) await remember(memory(at));
  await readMemories();
  const middle = memories.value?.[1] as Memory;
  await forget(middle.id);
  expect(times()).toEqual([3, 1]);
  await restore(middle);
  expect(times()).toEqual([3, 2, 1]);
});

it('keeps small pictures where no Blob may be stored, and reads those that were kept as Blobs', async () => {
  const thumbnail = (text: string) => new Blob([text], { type: 'image/webp' });
  const database = await openDB(DATABASE);
  await database.add('memories', { ...memory(1), thumbnail: thumbnail('old') });
  database.close();
  refuseBlobs();
  await remember({ ...memory(2), thumbnail: thumbnail('new') });
  vi.restoreAllMocks();
  await readMemories();
  const kept = (memories.value ?? []).map((each) => each.thumbnail);
  expect(kept.map((each) => each?.type)).toEqual(['image/webp', 'image/webp']);
  expect(await Promise.all(kept.map((each) => each?.text()))).toEqual(['new', 'old']);
});
