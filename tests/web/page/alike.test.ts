import { beforeAll, describe, expect, it } from 'vitest';
import { duplicates, similarTo, spare } from '../../../web/page/src/album/alike.js';
import type { Core } from '../../../web/src/runtime/core.js';
import { groupsOf, toGroup, toNearest } from '../../../web/src/similar.js';
import type { Classifier } from '../../../web/src/types.js';
import { loadCore } from '../support/core.js';
import { ESPRESSO, photo, TABBY } from './entries.js';

let core: Core;
beforeAll(async () => {
  core = await loadCore();
});

/** What a classifier asks of its worker, asked of the core at once. */
const comparer: Pick<Classifier, 'nearest' | 'groupAlike'> = {
  nearest: async (one, among, options = {}) => {
    const { levels, indexes, limit, least } = toNearest(one, among, options);
    const rank = { topK: limit, threshold: least, allow: [], deny: [] };
    return core
      .topK(core.likeness(levels, one), rank)
      .map(({ index, score }) => ({ index: indexes[index] as number, likeness: score }));
  },
  groupAlike: async (all, options = {}) =>
    toGroup(all, options).flatMap(({ levels, indexes, size, tags, least }) =>
      groupsOf(indexes, core.groupAlike(levels, size, tags, least)),
    ),
};

/** A vector at an angle, in degrees, to the first axis. */
const at = (degrees: number) => {
  const angle = (degrees * Math.PI) / 180;
  return core.toLevels(Float32Array.of(Math.cos(angle), Math.sin(angle), 0));
};

describe('likeness', () => {
  it('finds the most alike first, and leaves out what is not', async () => {
    const vectors = new Map([
      ['a', at(0)],
      ['b', at(60)],
      ['c', at(10)],
      ['d', at(80)],
      ['of another model', new Int8Array(7).fill(1)],
    ]);
    const near = await similarTo(comparer, 'a', vectors);
    expect(near.map(({ key }) => key)).toEqual(['c', 'b']);
    expect(near[1]?.likeness).toBeCloseTo(0.5, 2);
    expect(await similarTo(comparer, 'nowhere', vectors)).toEqual([]);
    expect(await similarTo(comparer, 'a', vectors, 1)).toHaveLength(1);
  });

  it('groups what is nearly the same, but not what only has the same name', async () => {
    const entries = [
      photo('cat', [TABBY]),
      photo('cat-small', [ESPRESSO, TABBY]),
      photo('other-cat', [TABBY]),
      photo('cup', [ESPRESSO]),
      photo('cup-again', [TABBY]),
      photo('not-yet', []),
    ];
    const vectors = new Map([
      ['cat', at(0)],
      ['cat-small', at(20)],
      ['other-cat', at(60)],
      ['cup', at(150)],
      ['cup-again', at(150)],
    ]);
    const groups = await duplicates(comparer, entries, vectors);
    expect(groups.map((group) => group.map(({ path }) => path))).toEqual([['cat', 'cat-small']]);
  });

  it('of each set spares all but the one by hand, the one with most pixels, or the one with most bytes', () => {
    const entries = [
      photo('small', [TABBY], { width: 40, height: 30 }),
      photo('large', [TABBY]),
      photo('large-bytes', [TABBY], { size: 2000 }),
      photo('cup', [ESPRESSO]),
      photo('cup-by-hand', [ESPRESSO], { width: 40, height: 30, corrected: ESPRESSO }),
      photo('first', [TABBY]),
      photo('second', [TABBY]),
    ];
    const sets = [
      ['small', 'large', 'large-bytes'],
      ['cup', 'cup-by-hand'],
      ['second', 'first'],
      ['gone meanwhile', 'small'],
    ];
    expect(spare(sets, entries).map(({ path }) => path)).toEqual([
      'large',
      'small',
      'cup',
      'second',
    ]);
  });
});
