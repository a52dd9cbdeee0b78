// Databases as earlier versions of the page left them, brought up to today's; and one of a later version.
import 'fake-indexeddb/auto';
import { deleteDB, openDB } from 'idb';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Shelf } from '../../../web/page/src/album/shelf.js';
import {
  eraseHistory,
  LIMIT,
  memories,
  readMemories,
  remember,
} from '../../../web/page/src/history/store.js';
import { openKept, type Schema } from '../../../web/page/src/kept/database.js';
import {
  ALBUM,
  type AlbumSchema,
  HISTORY,
  MODEL,
  TAUGHT,
} from '../../../web/page/src/kept/schemas.js';
import { recallModel, remembered } from '../../../web/page/src/own/store.js';
import { keep, recallAll, recallWaiting } from '../../../web/page/src/teach/store.js';
import { ESPRESSO, TABBY } from './entries.js';

beforeEach(async () => {
  vi.stubGlobal('navigator', {});
  for (const { name } of [ALBUM, HISTORY, MODEL, TAUGHT]) await deleteDB(name);
});
afterEach(() => vi.unstubAllGlobals());

/** The stores of version 1, in every form that they had. */
const album1 = () =>
  openDB('shiwu.album', 1, {
    upgrade: (database) => {
      for (const name of ['entries', 'vectors', 'thumbnails', 'originals']) {
        database.createObjectStore(name);
      }
    },
  });

const ENTRY = {
  key: 'a.jpg\n5\n6',
  order: 0,
  path: 'a.jpg',
  size: 5,
  modified: 6,
  state: 'named',
  width: 4,
  height: 3,
  failure: null,
};

const ANIMAL = { id: 'animal', zh: '动物', en: 'Animals', score: 0.5 };

const FORMS = {
  'without categories of the answer': {
    stored: { ...ENTRY, guesses: [TABBY], corrected: null },
    read: { answer: { kind: 'class', label_zh: '虎斑猫' }, corrected: null },
  },
  'with a category beside the guesses': {
    stored: {
      ...ENTRY,
      guesses: [{ ...TABBY, score: 0.2 }],
      category: ANIMAL,
      corrected: ESPRESSO,
    },
    read: { answer: { kind: 'category', label_zh: '动物' }, corrected: ESPRESSO },
  },
  'with an answer': {
    stored: { ...ENTRY, guesses: [TABBY], answer: { kind: 'unknown' }, corrected: ESPRESSO },
    read: { answer: { kind: 'unknown' }, corrected: ESPRESSO },
  },
  'not yet named': {
    stored: { ...ENTRY, state: 'waiting', guesses: [], category: null, corrected: ESPRESSO },
    read: { state: 'waiting', answer: null, corrected: ESPRESSO },
  },
};

for (const [form, { stored, read }] of Object.entries(FORMS)) {
  it(`album, version 1, ${form}: everything is there`, async () => {
    const before = await album1();
    await before.put('entries', stored, ENTRY.key);
    await before.put('vectors', Int8Array.of(1, 2), ENTRY.key);
    await before.put('thumbnails', new Blob(['small']), ENTRY.key);
    await before.put('originals', new File(['large'], 'a.jpg'), ENTRY.key);
    before.close();
    const shelf = await Shelf.open(() => {});
    const { entries, originals } = await shelf.read();
    const { key, order, path, size, modified } = ENTRY;
    expect(entries).toMatchObject([
      { key, order, path, size, modified, guesses: stored.guesses, ...read },
    ]);
    expect(Object.keys(entries[0] ?? {})).not.toContain('category');
    expect(originals).toEqual(new Set([key]));
    expect(await shelf.vectors()).toEqual(new Map([[key, Int8Array.of(1, 2)]]));
    expect(await (await shelf.thumbnail(key))?.text()).toBe('small');
    expect(await (await shelf.original(key))?.text()).toBe('large');
    // What was there before counts as brought by an earlier intake.
    expect(await shelf.addedBefore(await shelf.endIntakes())).toHaveLength(1);
    shelf.close();
  });
}

it('history, version 1: a picture as a Blob or as bytes, a category or an answer', async () => {
  const before = await openDB('shiwu.history', 1, {
    upgrade: (database) => {
      database.createObjectStore('memories', { keyPath: 'id', autoIncrement: true });
    },
  });
  const model = { zh: '快', en: 'fast' };
  const predictions = [{ ...TABBY, label_zh: '虎斑猫', label_en: 'tabby cat', score: 0.2 }];
  const memory = { at: 1, name: 'a.jpg', model };
  await before.add('memories', {
    ...memory,
    thumbnail: new Blob(['one']),
    result: { predictions, category: ANIMAL },
  });
  await before.add('memories', {
    ...memory,
    alone: true,
    thumbnail: { bytes: new TextEncoder().encode('two').buffer, type: 'image/webp' },
    result: { predictions, answer: { kind: 'unknown' } },
  });
  before.close();
  await readMemories();
  expect(memories.value).toMatchObject([
    { id: 2, alone: true, result: { answer: { kind: 'unknown' } } },
    { id: 1, result: { answer: { kind: 'category', label_zh: '动物' } } },
  ]);
  const texts = (memories.value ?? []).map(async ({ thumbnail }) => thumbnail?.text());
  expect(await Promise.all(texts)).toEqual(['two', 'one']);
  await eraseHistory();
});

const BYTES = new TextEncoder().encode('network').buffer;
// Node's copy of a File has lost its name.
for (const [form, file] of Object.entries({
  'as a file': new Blob(['network']),
  'as bytes': { bytes: BYTES, type: '', name: 'own.onnx' },
})) {
  it(`one's own model, version 1, ${form}`, async () => {
    const answers = { labels: '甲\n乙', pixels: 'usual', color: 'RGB', fit: 'stretch' };
    const before = await openDB('shiwu.model', 1, {
      upgrade: (database) => {
        database.createObjectStore('models');
      },
    });
    await before.put('models', { file, sha256: 'ab', answers }, 'own');
    before.close();
    remembered.value = undefined;
    const own = await recallModel();
    expect(own).toMatchObject({ sha256: 'ab', answers });
    expect(await own?.file.text()).toBe('network');
    if ('name' in file) expect(own?.file.name).toBe('own.onnx');
  });
}

it('history, version 2: what is oldest goes by its date, not by its number', async () => {
  const before = await openDB('shiwu.history', 2, {
    upgrade: (database) => {
      database.createObjectStore('memories', { keyPath: 'id', autoIncrement: true });
      database.createObjectStore('bin');
    },
  });
  const result = { predictions: [], answer: { kind: 'unknown' } };
  const memory = { name: null, thumbnail: null, result, model: { zh: '快', en: 'fast' } };
  // The first by its number is the youngest by its date.
  for (let i = 0; i < LIMIT; i++) await before.add('memories', { ...memory, at: 10_000 - i });
  before.close();
  await remember({ ...memory, at: 20_000 } as never);
  await readMemories();
  const dates = memories.value?.map(({ at }) => at) ?? [];
  expect(dates).toHaveLength(LIMIT);
  expect(dates.slice(0, 2)).toEqual([20_000, 10_000]);
  expect(dates.at(-1)).toBe(10_000 - LIMIT + 2);
  await eraseHistory();
});

it('what was taught, version 1: it is there, and what a file brings has its place', async () => {
  const lesson = {
    stamp: 's',
    file: Uint8Array.of(1, 2).buffer,
    names: ['豆豆'],
    model: { zh: '快', en: 'fast' },
  };
  const before = await openDB('shiwu.taught', 1, {
    upgrade: (database) => {
      database.createObjectStore('lessons');
    },
  });
  await before.put('lessons', lesson, 'lite0 1');
  before.close();
  expect(await recallAll()).toEqual(new Map([['lite0 1', lesson]]));
  expect(await recallWaiting()).toEqual(new Map());
  await keep('lite0 1', { ...lesson, stamp: 't' });
  expect((await recallAll()).get('lite0 1')?.stamp).toBe('t');
});

it('a database of a later version is left alone, and that is said', async () => {
  for (const schema of [ALBUM, HISTORY, MODEL, TAUGHT]) {
    await deleteDB(schema.name);
    const later = await openDB(schema.name, schema.steps.length + 1, {
      upgrade: (database) => {
        void database.createObjectStore('unheard-of').put('precious', 1);
      },
    });
    later.close();
    const lost = vi.fn();
    await expect(openKept(schema as typeof ALBUM, lost)).rejects.toMatchObject({ bar: 'newer' });
    const again = await openDB(schema.name);
    expect(again.version).toBe(schema.steps.length + 1);
    expect(await again.get('unheard-of', 1)).toBe('precious');
    again.close();
  }
});

it('a way that fails leaves the database as it was', async () => {
  (await openKept(ALBUM, vi.fn())).close();
  const half: Schema<AlbumSchema> = {
    name: ALBUM.name,
    steps: [
      ...ALBUM.steps,
      async (transaction) => {
        await transaction.objectStore('meta' as never).put('half' as never, 'way' as never);
        throw new TypeError('a record that is like no other');
      },
    ],
  };
  await expect(openKept(half, vi.fn())).rejects.toMatchObject({ bar: 'denied' });
  const again = await openDB(ALBUM.name);
  expect(again.version).toBe(ALBUM.steps.length);
  expect(await again.get('meta', 'way')).toBeUndefined();
  again.close();
});

it('a later version that takes over in another tab closes this one, and that is said', async () => {
  const lost = vi.fn();
  await openKept(ALBUM, lost);
  const later = await openDB(ALBUM.name, ALBUM.steps.length + 1);
  expect(lost).toHaveBeenCalledWith('newer');
  later.close();
});
