// What is to be said of classes and categories: the table as the build makes it, and how the library fetches it.

import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { writeWordTable } from '../../scripts/lib/word-table.mjs';
import type { Asset } from '../../web/src/assets/locate.js';
import { ShiwuError } from '../../web/src/errors.js';
import type { Platform } from '../../web/src/platform/platform.js';
import type { Prediction } from '../../web/src/types.js';
import { WordTable } from '../../web/src/words/table.js';
import { Words } from '../../web/src/words/words.js';
import { resultOf } from './support/fake-worker.js';
import { path } from './support/node-package.js';

const bytes = readFileSync(
  writeWordTable(path('models/labels'), mkdtempSync(join(tmpdir(), 'w-'))),
);
const table = new WordTable(bytes);

function prediction(id: string, label_zh: string): Prediction {
  const names = { label: label_zh, label_zh, label_en: '', aliases: [], categories: [] };
  return { index: 0, id, ...names, score: 1 };
}

const answer = (...predictions: Prediction[]) => ({ ...resultOf('猫'), predictions });

describe('the table', () => {
  it('is what the build puts beside the model', () => {
    expect(gunzipSync(readFileSync(path('dist/models/words.tsv.gz'))).equals(bytes)).toBe(true);
  });

  it('describes a class', () => {
    expect(table.describe('n07745940')).toEqual({
      id: 'n07745940',
      label_zh: '草莓',
      label_zh_hant: '草莓',
      label_pinyin: 'cǎoméi',
      label_en: 'strawberry',
      aliases_zh_hant: ['士多啤梨'],
      about_zh: '红红的心形果子，表面嵌着许多小籽，头上戴着绿叶帽，咬开满口甜汁。',
      about_en:
        'A red heart-shaped fruit dotted with tiny seeds and capped with green leaves, sweet and juicy.',
      words_zh: ['水果', '浆果', '莓'],
      words_en: ['fruit', 'berry', 'strawberries'],
      plural_en: '',
      counter_zh: '',
    });
  });

  it('describes a category, in the words of Taiwan', () => {
    expect(table.describe('bicycle')).toMatchObject({
      label_zh: '自行车',
      label_zh_hant: '腳踏車',
      label_pinyin: 'zìxíngchē',
      label_en: 'bicycle or other pedal cycle',
      aliases_zh_hant: [],
      words_zh: ['单车', '脚踏车', '骑行车'],
      plural_en: 'Bicycles and pedal cycles',
      counter_zh: '辆',
    });
    expect(table.describe('poodle')?.about_en).toMatch(/^A clever dog with a dense curly coat/);
  });

  it('knows no other ids', () => {
    expect(['', 'id', 'n00000000', '草莓', '0'].map((id) => table.describe(id))).toEqual(
      Array(5).fill(null),
    );
  });

  it('finds names, the best first, with why', () => {
    const found = (text: string) =>
      table.search(text).map(({ label_zh, match }) => `${label_zh} ${match}`);
    expect(found('犬').slice(0, 2)).toEqual(['狗 synonym', '牧羊犬 category']);
    expect(found('草莓')).toEqual(['草莓 name']);
    expect(found('士多啤梨')).toEqual(['草莓 alias']);
    expect(found('strawberries')).toEqual(['草莓 name']);
    expect(found('STRAWBERRY ')).toEqual(['草莓 name']);
    expect(found('caomei')).toEqual(['草莓 pinyin']);
    expect(found('cǎo méi')).toEqual(['草莓 pinyin']);
    expect(found('càoméi')).toEqual([]);
    expect(found('cm')).toContain('草莓 beginning');
    expect(found('腳踏車')[0]).toBe('自行车 name');
    expect(found('é')).toEqual(['鹅 pinyin']);
    expect(found('zzz')).toEqual([]);
    expect(found('  ')).toEqual([]);
  });

  it('gives what is found a way to its categories, by all ways up', () => {
    const [cup] = table.search('杯子');
    expect(cup).toMatchObject({
      id: 'cup',
      kind: 'category',
      match: 'name',
      label_pinyin: 'bēizi',
    });
    expect(cup?.path.map(({ zh }) => zh)).toEqual(['器物', '生活用品', '厨房用品', '餐具', '杯子']);
    expect(cup?.path.at(-1)?.itself).toBe(true);
    expect(new Set(cup?.above)).toEqual(
      new Set(['object', 'home', 'kitchen', 'tableware', 'container']),
    );
  });

  it('names predictions further, but for those that an own model calls otherwise', () => {
    const coffee = prediction('n07920052', '浓缩咖啡');
    const [espresso, renamed, unknown] = table.addNames(
      answer(coffee, prediction('n07745940', '红草莓'), prediction('0', '草莓')),
    ).predictions;
    expect(espresso).toEqual({
      ...coffee,
      label_pinyin: 'nóngsuō kāfēi',
      label_zh_hant: '濃縮咖啡',
    });
    for (const one of [renamed, unknown]) expect(one).not.toHaveProperty('label_pinyin');
  });

  it('names the answer further, be it a category', () => {
    const named = (id: string | null, label_zh: string) =>
      table.addNames({ ...answer(), answer: { ...answer().answer, id, label_zh } }).answer;
    expect(named('dog', '狗')).toMatchObject({ label_pinyin: 'gǒu', label_zh_hant: '狗' });
    expect(named(null, '看不出来')).toMatchObject({ label_zh_hant: '看不出來' });
    expect(named(null, '看不出来')).not.toHaveProperty('label_pinyin');
  });

  it('is refused where it has no ids', () => {
    expect(() => new WordTable(new TextEncoder().encode('name\ta\tb\n'))).toThrow(ShiwuError);
  });
});

describe('fetching it', () => {
  const asset: Asset = { name: 'words.tsv.gz', url: '', bytes: 0, sha256: undefined };
  const onWarning = vi.fn();
  let loads: { resolve: () => void; reject: (error: unknown) => void }[];
  let words: Words;

  const load = () =>
    new Promise<Uint8Array<ArrayBuffer>[]>((resolve, reject) => {
      loads.push({ resolve: () => resolve([new Uint8Array(bytes)]), reject });
    });
  const make = (url: string) =>
    new Words({
      platform: { load, locate: () => ({ words: { ...asset, url } }) } as unknown as Platform,
      assetBase: undefined,
      cache: true,
      onWarning,
    });

  beforeEach((context) => {
    vi.useFakeTimers();
    onWarning.mockClear();
    loads = [];
    // What is loaded stays for the whole page: an address of its own each.
    words = make(context.task.id);
  });
  afterEach(() => vi.useRealTimers());

  it('waits for who asks, and is done once for all', async (context) => {
    expect(loads).toHaveLength(0);
    const [one, two] = [words.load(), make(context.task.id).load()];
    expect(loads).toHaveLength(1);
    loads[0]?.resolve();
    expect(await one).toBe(await two);
    expect(await words.load()).toBe(await one);
    expect(loads).toHaveLength(1);
  });

  it('fails for who asks by name, and begins anew with the next', async () => {
    const failed = words.load();
    loads[0]?.reject(new ShiwuError('network'));
    await expect(failed).rejects.toMatchObject({ code: 'network' });
    const next = words.load();
    expect(loads).toHaveLength(2);
    loads[1]?.resolve();
    expect((await next).describe('cat')?.label_zh).toBe('猫');
  });

  it('leaves an answer as it is where it fails, says so once, and lets a minute pass', async () => {
    const waits = [words.forAnswer(), words.forAnswer()];
    loads[0]?.reject(new ShiwuError('not-found', 'words.tsv.gz: HTTP 404'));
    expect(await Promise.all(waits.map((wait) => wait()))).toEqual([undefined, undefined]);
    expect(onWarning.mock.calls).toEqual([[expect.stringContaining('HTTP 404')]]);
    vi.advanceTimersByTime(59_000);
    expect(await words.forAnswer()()).toBeUndefined();
    expect(loads).toHaveLength(1);
    vi.advanceTimersByTime(2000);
    const later = words.forAnswer();
    expect(loads).toHaveLength(2);
    loads[1]?.resolve();
    expect(await later()).toBeInstanceOf(WordTable);
  });

  it('holds up no answer for more than three seconds', async () => {
    const first = words.forAnswer()();
    await vi.advanceTimersByTimeAsync(2999);
    const settled = vi.fn();
    void first.then(settled);
    await vi.advanceTimersByTimeAsync(0);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(settled).toHaveBeenCalledWith(undefined);
    // Later ones do not wait at all, until it is there.
    const second = words.forAnswer()();
    await vi.advanceTimersByTimeAsync(0);
    expect(await second).toBeUndefined();
    loads[0]?.resolve();
    await vi.advanceTimersByTimeAsync(0);
    expect(await words.forAnswer()()).toBeInstanceOf(WordTable);
    expect(loads).toHaveLength(1);
  });
});
