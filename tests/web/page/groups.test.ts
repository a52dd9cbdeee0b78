import { describe, expect, it } from 'vitest';
import { tilesOf } from '../../../web/page/src/album/everyday.js';
import { groupsOf, labelsOf } from '../../../web/page/src/album/groups.js';
import type { Answer } from '../../../web/src/types.js';
import { guessOfClass } from '../support/everyday.js';
import { BANK, ESPRESSO, photo, TABBY } from './entries.js';

const failure = { code: 'truncated-image', zh: '坏了', en: 'broken' };

describe('tiles', () => {
  it('count everyday categories, with the surest photo as the cover', () => {
    const tench = guessOfClass('n01440764', 0.9);
    const [beagle, dogs] = [guessOfClass('n02088364', 0.7), guessOfClass('n02085936', 0.95)];
    const hammer = guessOfClass('n03481172', 0.9);
    const entries = [
      photo('a', [beagle]),
      photo('b', [dogs]),
      photo('c', [tench]),
      photo('d', [{ ...tench, score: 0.1 }]),
      photo('e', [hammer]),
      photo('f', []),
    ];
    expect(tilesOf(entries).map(({ id, count, cover }) => [id, count, cover])).toEqual([
      ['dog', 2, 'b'],
      ['fish', 1, 'c'],
      ['tool', 1, 'e'],
    ]);
  });

  it('count what is in no narrower one with the rest of its drawer', () => {
    const object = { id: 'object', zh: '器物', en: 'object', itself: false };
    const home = { id: 'home', zh: '生活用品', en: 'household item', itself: false };
    const entries = [
      photo('1', [{ ...TABBY, id: 'candle', categories: [object, home] }]),
      photo('2', [{ ...TABBY, id: 'object', categories: [object] }]),
    ];
    const counts = (all: readonly { id: string; count: number }[]) =>
      all.map(({ id, count }) => [id, count]);
    expect(counts(tilesOf(entries))).toEqual(counts(groupsOf(entries)));
  });
});

describe('groups', () => {
  it('counts drawers, categories by size before the others', () => {
    const entries = [
      photo('1', [ESPRESSO]),
      photo('2', [TABBY]),
      photo('3', [TABBY]),
      photo('4', [BANK]),
      photo('5', [{ ...TABBY, score: 0.39 }]),
      photo('6', [], { state: 'failed', failure }),
      photo('7', []),
    ];
    expect(groupsOf(entries).map(({ id, zh, count }) => [id, zh, count])).toEqual([
      ['animal', '动物', 2],
      ['food', '食物', 1],
      ['-other', undefined, 1],
      ['-unsure', undefined, 1],
      ['-failed', undefined, 1],
      ['-waiting', undefined, 1],
    ]);
  });

  it('puts a corrected photo where the visitor says, sure or not', () => {
    const corrected = { ...ESPRESSO, score: 1 };
    const entries = [
      photo('1', [{ ...TABBY, score: 0.1 }], { corrected }),
      photo('2', [], { state: 'failed', failure, corrected }),
    ];
    expect(groupsOf(entries)).toEqual([{ id: 'food', zh: '食物', en: 'Food', count: 2 }]);
  });

  it('knows a cat whose breed is in doubt', () => {
    const answer: Answer = {
      kind: 'category',
      id: 'cat',
      label: '猫',
      label_zh: '猫',
      label_en: 'Cats',
      score: 0.9,
      path: TABBY.categories,
    };
    const entries = [photo('1', [{ ...TABBY, score: 0.3 }], { answer })];
    expect(groupsOf(entries).map(({ id }) => id)).toEqual(['animal']);
    expect(labelsOf(entries)).toEqual([{ id: 'cat', zh: '猫', en: 'Cats', count: 1 }]);
  });

  it('opens the widest drawer, whose name says too little', () => {
    const object = { id: 'object', zh: '器物', en: 'object', itself: false };
    const home = { id: 'home', zh: '生活用品', en: 'household item', itself: false };
    const cup = { ...TABBY, id: 'cup', categories: [object, home] };
    const doubtful = { ...TABBY, id: 'object', categories: [object] };
    expect(groupsOf([photo('1', [cup]), photo('2', [doubtful])]).map(({ id }) => id)).toEqual([
      'home',
      'object',
    ]);
  });

  it('counts names, the most frequent first', () => {
    const entries = [photo('1', [ESPRESSO]), photo('2', [TABBY]), photo('3', [TABBY])];
    expect(labelsOf(entries).map(({ zh, count }) => [zh, count])).toEqual([
      ['虎斑猫', 2],
      ['浓缩咖啡', 1],
    ]);
  });
});
