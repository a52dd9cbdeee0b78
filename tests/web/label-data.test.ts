// The reviewed Chinese names in models/labels: the check that keeps them clean.
import { describe, expect, it } from 'vitest';
import { labelTable } from './support/label-table.js';

interface Row {
  id: string;
  zh: string;
  aliases: string[];
  en: string;
  categories: string[];
}

const labels: Row[] = (await labelTable('imagenet1k.tsv')).map((row) => ({
  id: row.id ?? '',
  zh: row.zh ?? '',
  aliases: (row.zh_aliases ?? '').split('|').filter(Boolean),
  en: row.en ?? '',
  categories: (row.category ?? '').split('|'),
}));
const taxonomy = await labelTable('taxonomy.tsv');
const byId = new Map(labels.map((row) => [row.id, row]));

function repeated(values: string[]): string[] {
  return values.filter((value, i) => values.indexOf(value) !== i);
}

/** Han characters, and the dot between the parts of a foreign name. */
const CHINESE = /^[\p{Script=Han}·]+$/u;

describe('Chinese names', () => {
  it('are a thousand, with WordNet ids', () => {
    expect(labels.length).toBe(1000);
    expect(labels.filter(({ id }) => !/^n\d{8}$/.test(id))).toEqual([]);
    expect(repeated(labels.map(({ id }) => id))).toEqual([]);
  });

  it('are unique, in both languages', () => {
    expect(repeated(labels.map(({ zh }) => zh))).toEqual([]);
    expect(repeated(labels.map(({ en }) => en.toLowerCase()))).toEqual([]);
  });

  it('are Chinese: no blanks, Latin letters, digits or punctuation', () => {
    const names = labels.flatMap(({ zh, aliases }) => [zh, ...aliases]);
    expect(names.filter((name) => !CHINESE.test(name))).toEqual([]);
  });

  it('are in Unicode normal form and free of compatibility characters', () => {
    const names = labels.flatMap(({ zh, aliases, en }) => [zh, ...aliases, en]);
    expect(names.filter((name) => name !== name.normalize('NFKC'))).toEqual([]);
    expect(names.filter((name) => name !== name.trim())).toEqual([]);
  });

  it('have aliases that point at one class', () => {
    const names = new Set(labels.map(({ zh }) => zh));
    const clashes = labels.flatMap(({ zh, aliases }) => [
      ...aliases.filter((alias) => names.has(alias)).map((alias) => `${zh}: ${alias}`),
      ...repeated(aliases).map((alias) => `${zh}: ${alias} twice`),
    ]);
    expect(clashes).toEqual([]);
  });

  it('have English in Latin script', () => {
    expect(labels.filter(({ en }) => !/^[\p{Script=Latin}\d .,'’()/&-]+$/u.test(en))).toEqual([]);
  });
});

const parentsOf = new Map(
  taxonomy.map(({ id = '', parents }) => [id, (parents ?? '').split('|').filter(Boolean)]),
);

/** Every category that a class or category is in, and itself. */
function above(ids: readonly string[]): Set<string> {
  return new Set(ids.flatMap((id) => [id, ...above(parentsOf.get(id) ?? [])]));
}

describe('homonyms', () => {
  // What ImageNet's words hide, by WordNet id; each expectation is from the gloss.
  it.each([
    ['n02012849', /鹤/, 'bird'], // crane: wading bird
    ['n03126707', /起重机|吊车/, 'machine'], // crane: lifts heavy objects
    ['n02113186', /卡迪根/, 'dog'], // Cardigan: Welsh corgi
    ['n02963159', /开衫/, 'clothing'], // cardigan: knitted jacket
    ['n02108089', /拳师犬/, 'dog'], // boxer
    ['n01608432', /鸢/, 'bird'], // kite
    ['n01847000', /鸭/, 'bird'], // drake
    ['n01580077', /鸦/, 'bird'], // jay: crested, largely blue
    ['n01514668', /公鸡/, 'bird'], // cock
    ['n01514859', /母鸡/, 'bird'], // hen
    ['n03793489', /鼠标/, 'computer-part'], // mouse
    ['n03782006', /显示器|显示屏/, undefined], // monitor
    ['n13133613', /穗/, undefined], // ear
    ['n04325704', /披肩/, undefined], // stole
    ['n02389026', /马/, 'hoofed'], // sorrel: chestnut horse
    ['n02869837', /帽/, 'hat'], // bonnet
    ['n02879718', /弓/, undefined], // bow
    ['n03929660', /拨片/, 'instrument'], // pick: plectrum
    ['n04118776', /尺/, undefined], // rule
    ['n03804744', /钉/, 'hardware'], // nail
    ['n03532672', /钩/, undefined], // hook
    ['n06359193', /网页|网站/, undefined], // web site
    ['n06596364', /漫画/, 'reading'], // comic book
  ])('%s is %s', (id, name, category) => {
    const row = byId.get(id);
    expect(row?.zh).toMatch(name);
    if (category) expect([...above(row?.categories ?? [])]).toContain(category);
  });

  it('pairs that share English words are told apart', () => {
    for (const [a, b] of [
      ['n03710637', 'n03710721'], // maillot: tights; one-piece swimsuit
      ['n04355933', 'n04356056'], // sunglass; sunglasses
      ['n03773504', 'n04008634'], // missile; projectile
    ] as const) {
      expect(byId.get(a)?.zh).toBeTruthy();
      expect(byId.get(a)?.zh).not.toBe(byId.get(b)?.zh);
      expect(byId.get(a)?.en).not.toBe(byId.get(b)?.en);
    }
  });

  it('every dog breed is called a dog', () => {
    const dogs = labels.slice(151, 269);
    expect(dogs.filter(({ categories }) => !above(categories).has('dog'))).toEqual([]);
    expect(
      dogs
        .map(({ zh }) => zh)
        .filter((zh) => !/[犬狗梗狆獒]|贵宾|比熊|哈士奇|雪纳瑞|吉娃娃/.test(zh)),
    ).toEqual([]);
  });
});
