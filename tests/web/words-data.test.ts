// The words of the thousand classes and the everyday tree, in models/labels: the check that keeps them clean.
import { pinyin } from 'pinyin-pro';
import { describe, expect, it } from 'vitest';
import { words as table } from './support/everyday.js';
import { labelTable } from './support/label-table.js';

const [labels, words, tree, categories, readings] = await Promise.all(
  ['imagenet1k.tsv', 'words.tsv', 'taxonomy.tsv', 'categories.tsv', 'readings.tsv'].map(labelTable),
);
const nameOf = new Map(labels?.map(({ id, zh }) => [id, zh ?? '']));
const decided = new Map(readings?.map((row) => [row.zh, row.pinyin]));

const list = (cell: string | undefined): string[] => (cell ? cell.split('|') : []);
const repeated = (all: readonly string[]) => all.filter((each, i) => all.indexOf(each) !== i);
/** Without marks of words, letters' case and tones that join them. */
const plain = (text: string) => text.toLowerCase().replaceAll(/[\s'’·-]/g, '');

describe('the words of the classes', () => {
  it('are there for each, in the order of the labels', () => {
    expect(words?.map(({ id }) => id)).toEqual(labels?.map(({ id }) => id));
    for (const column of ['pinyin', 'zh_hant', 'about_zh', 'about_en'] as const) {
      expect(words?.filter((row) => !row[column])).toEqual([]);
    }
  });

  it('are read as pinyin-pro reads them, or as somebody has decided', () => {
    const read = (zh: string) =>
      decided.get(zh) ?? pinyin(zh, { type: 'array', toneType: 'symbol' }).join('');
    const wrong = words?.flatMap(({ id, pinyin = '' }) => {
      const zh = nameOf.get(id ?? '') ?? '';
      const expected = plain(read(zh.replaceAll('·', '')));
      return plain(pinyin) === expected ? [] : [`${zh}: ${pinyin} for ${expected}`];
    });
    expect(wrong).toEqual([]);
  });

  it('have sentences of their own, of a length that is read', () => {
    expect(repeated(words?.map((row) => row.about_zh ?? '') ?? [])).toEqual([]);
    expect(repeated(words?.map((row) => row.about_en ?? '') ?? [])).toEqual([]);
    expect(words?.filter((row) => !/^.{20,64}。$/u.test(row.about_zh ?? ''))).toEqual([]);
    expect(words?.filter((row) => !/^.{50,180}\.$/u.test(row.about_en ?? ''))).toEqual([]);
    // Half-width punctuation belongs to English.
    expect(words?.filter((row) => /[,;:!?()]/.test(row.about_zh ?? ''))).toEqual([]);
  });

  it('have no word twice, and none that is the name', () => {
    const wrong = words?.flatMap(({ id, ...row }) =>
      ['zh_hant_aliases', 'words_zh', 'words_en'].flatMap((column) => {
        const all = list(row[column]);
        const name = column === 'zh_hant_aliases' ? row.zh_hant : nameOf.get(id ?? '');
        return [...repeated(all), ...all.filter((word) => word === name || word === '')];
      }),
    );
    expect(wrong).toEqual([]);
  });
});

describe('the everyday tree', () => {
  const parentsOf = new Map(tree?.map(({ id = '', parents }) => [id, list(parents)]));
  const depthOf = (id: string): number =>
    1 + Math.max(0, ...(parentsOf.get(id) ?? []).map((parent) => depthOf(parent)));

  it('has 150 to 250 nodes, parents before children', () => {
    expect(tree?.length).toBeGreaterThanOrEqual(150);
    expect(tree?.length).toBeLessThanOrEqual(250);
    const seen = new Set<string>();
    for (const { id = '', parents } of tree ?? []) {
      expect(list(parents).filter((parent) => !seen.has(parent))).toEqual([]);
      expect(seen.has(id), id).toBe(false);
      expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
      seen.add(id);
    }
  });

  it('says of each node what it is, in sentences of its own', () => {
    expect(categories?.map(({ id }) => id)).toEqual(tree?.map(({ id }) => id));
    for (const column of ['zh_hant', 'pinyin', 'about_zh', 'about_en'] as const) {
      expect(categories?.filter((row) => !row[column])).toEqual([]);
    }
    const sentences = (column: 'about_zh' | 'about_en') =>
      [...(words ?? []), ...(categories ?? [])].map((row) => row[column] ?? '');
    expect(repeated(sentences('about_zh'))).toEqual([]);
    expect(repeated(sentences('about_en'))).toEqual([]);
    expect(sentences('about_zh').filter((one) => !/^.{20,64}。$/u.test(one))).toEqual([]);
    expect(sentences('about_en').filter((one) => !/^.{50,180}\.$/u.test(one))).toEqual([]);
    expect(sentences('about_zh').filter((one) => /[,;:!?()]/.test(one))).toEqual([]);
  });

  it('reaches every class, within six levels, by nodes that have two children or more', () => {
    const children = new Map<string, number>();
    const count = (parent: string) => children.set(parent, (children.get(parent) ?? 0) + 1);
    for (const { category } of labels ?? []) {
      expect(list(category).length).toBeGreaterThan(0);
      for (const parent of list(category)) {
        expect(parentsOf.has(parent), parent).toBe(true);
        expect(depthOf(parent) + 1).toBeLessThanOrEqual(6);
        count(parent);
      }
    }
    for (const { parents } of tree ?? []) list(parents).forEach(count);
    expect([...parentsOf.keys()].filter((id) => (children.get(id) ?? 0) < 2)).toEqual([]);
  });

  it('has names that are nobody else’s', () => {
    const taken = new Set(nameOf.values());
    expect(repeated(tree?.map(({ zh }) => zh ?? '') ?? [])).toEqual([]);
    expect(repeated(tree?.map(({ en }) => en?.toLowerCase() ?? '') ?? [])).toEqual([]);
    expect(tree?.filter(({ zh }) => taken.has(zh ?? ''))).toEqual([]);
    expect(tree?.filter(({ itself }) => itself !== '0' && itself !== '1')).toEqual([]);
  });
});

describe('the words to search by', () => {
  const found = (text: string) =>
    new Map(table.search(text).map(({ id, match }) => [id, match] as const));

  it('are there for each category, with a measure word', () => {
    expect(categories?.filter((row) => !row.words_zh || !row.counter)).toEqual([]);
    expect(categories?.filter((row) => !/^\p{Script=Han}$/u.test(row.counter ?? ''))).toEqual([]);
  });

  it('find each category by its names and words, before anything that lies elsewhere', () => {
    const wrong = categories?.flatMap(({ id = '', words_zh, words_en, en_plural = '' }) => {
      const row = tree?.find((one) => one.id === id);
      const names = [row?.zh ?? '', row?.en ?? '', en_plural];
      return [
        ...names.filter((text) => found(text).get(id) !== 'name'),
        ...[...list(words_zh), ...list(words_en)].filter(
          (text) => !['name', 'synonym', 'category'].includes(found(text).get(id) ?? ''),
        ),
      ].map((text) => `${id}: ${text}`);
    });
    expect(wrong).toEqual([]);
  });

  it('find each class by its names, and each by the pinyin that somebody has read', () => {
    const wrong = words?.flatMap(({ id = '', pinyin: read = '' }) => {
      const named = found(nameOf.get(id) ?? '').get(id);
      const heard = found(read).get(id) ?? '';
      return named === 'name' && heard.startsWith('pinyin') ? [] : [`${id}: ${named}, ${heard}`];
    });
    expect(wrong).toEqual([]);
  });
});
