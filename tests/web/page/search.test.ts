import { match } from 'pinyin-pro';
import { describe, expect, it } from 'vitest';
import { findPhotos, hasOwnNames } from '../../../web/page/src/album/search.js';
import type { Entry } from '../../../web/page/src/album/types.js';
import { guessOfClass, words } from '../support/everyday.js';
import { photo } from './entries.js';

const TABBY = guessOfClass('n02123045', 0.8);
const ESPRESSO = guessOfClass('n07920052', 0.9);
const OWN = { id: 'own:滕王阁', zh: '滕王阁', en: '滕王阁', aliases: [], categories: [], score: 1 };

const cat = photo('旅行/IMG_1.jpg', [TABBY]);
const cup = photo('breakfast.png', [ESPRESSO, { ...TABBY, score: 0.2 }]);
const pavilion = photo('street.jpg', [{ ...TABBY, score: 0.1 }], { corrected: OWN });
const all = [pavilion, cup, cat];

const find = (text: string, entries: readonly Entry[]) =>
  findPhotos({ text, names: words.search(text) }, entries, match);

describe('search', () => {
  const found = (query: string) => find(query, all).map(({ path }) => path);

  it.each([
    ['虎斑猫', ['旅行/IMG_1.jpg', 'breakfast.png']],
    ['狸花猫', ['旅行/IMG_1.jpg', 'breakfast.png']],
    ['貓', ['旅行/IMG_1.jpg', 'breakfast.png']],
    ['动物', ['旅行/IMG_1.jpg', 'breakfast.png']],
    ['hubanmao', ['旅行/IMG_1.jpg', 'breakfast.png']],
    ['hǔbān māo', ['旅行/IMG_1.jpg', 'breakfast.png']],
    ['hbm', ['旅行/IMG_1.jpg', 'breakfast.png']],
    ['nongsuo', ['breakfast.png']],
    ['yinpin', ['breakfast.png']],
    ['espresso', ['breakfast.png']],
    ['Tabby', ['旅行/IMG_1.jpg', 'breakfast.png']],
    ['cats', ['旅行/IMG_1.jpg', 'breakfast.png']],
    ['旅行', ['旅行/IMG_1.jpg']],
    ['street', ['street.jpg']],
    ['滕王阁', ['street.jpg']],
    ['twg', ['street.jpg']],
    ['zzz', []],
  ])('%s', (query, paths) => {
    expect(found(query)).toEqual(paths);
  });

  it('lists everything for no words, in the order given', () => {
    expect(found('  ')).toEqual(['street.jpg', 'breakfast.png', '旅行/IMG_1.jpg']);
  });

  it('finds a category, and no name that has its word inside by chance', () => {
    const starfish = photo('sea.jpg', [guessOfClass('n02317335', 0.9)]);
    const broccoli = photo('green.jpg', [guessOfClass('n07714990', 0.9)]);
    const daisy = photo('field.jpg', [guessOfClass('n11939491', 0.9)]);
    expect(find('花', [broccoli, daisy])).toEqual([daisy]);
    expect(find('车', [broccoli, starfish])).toEqual([]);
    // The whole of it, or a word that is no category, is found as ever.
    expect(find('西兰花', [broccoli, daisy])).toEqual([broccoli]);
    expect(find('兰花', [broccoli, daisy])).toContain(broccoli);
  });

  it('takes the visitor at their word', () => {
    const mended = photo('x.jpg', [TABBY], { corrected: { ...ESPRESSO, score: 1 } });
    expect(find('hubanmao', [mended])).toEqual([]);
    expect(find('浓缩咖啡', [mended])).toEqual([mended]);
  });

  it('finds what was corrected to a category by that and by all above it', () => {
    const dog = words.search('犬')[0];
    const corrected = {
      id: 'dog',
      zh: dog?.label_zh ?? '',
      en: 'dog',
      aliases: [],
      categories: dog?.path ?? [],
      score: 1,
    };
    const mended = photo('x.jpg', [TABBY], { corrected });
    for (const query of ['狗', '犬', 'dog', '动物', 'quan']) {
      expect(find(query, [mended]), query).toHaveLength(1);
    }
    expect(find('猫', [mended])).toEqual([]);
  });

  it('puts the thing itself before what only has it in its name: a hot dog is no dog', () => {
    const hotDog = photo('a.jpg', [guessOfClass('n07697537', 0.9)]);
    const tick = photo('b.jpg', [guessOfClass('n01776313', 0.9)]);
    const beagle = photo('c.jpg', [guessOfClass('n02088364', 0.9)]);
    expect(find('狗', [hotDog, tick, beagle])[0]).toBe(beagle);
    expect(find('狗', [tick])).toEqual([]);
    const owl = photo('d.jpg', [guessOfClass('n01622779', 0.9)]);
    expect(find('猫', [owl, cat])[0]).toBe(cat);
  });

  it('does without the table: by the names that the photos have', () => {
    const without = (text: string) => findPhotos({ text, names: null }, all, match);
    expect(without('虎斑猫')).toEqual([cat, cup]);
    expect(without('动物')).toEqual([cat, cup]);
    expect(without('hbm')).toEqual([cat, cup]);
  });

  it('knows which photos have names of their own', () => {
    expect(hasOwnNames(all)).toBe(true);
    expect(hasOwnNames([cat, cup])).toBe(false);
  });

  it('answers at once for ten thousand photos', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => ({ ...cat, key: String(i) }));
    expect(find('hbm', many)).toHaveLength(10_000);
  });
});
