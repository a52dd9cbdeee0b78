import { describe, expect, it } from 'vitest';
import { cosine, duplicates, pack, similarTo } from '../../../web/page/src/album/alike.js';
import { ESPRESSO, photo, TABBY } from './entries.js';

/** A vector at an angle, in degrees, to the first axis. */
const at = (degrees: number) => {
  const angle = (degrees * Math.PI) / 180;
  return pack(Float32Array.of(Math.cos(angle), Math.sin(angle), 0));
};

describe('likeness', () => {
  it('is the cosine of the embeddings, nearly', () => {
    for (const degrees of [0, 20, 45, 60, 90, 180]) {
      const truth = Math.cos((degrees * Math.PI) / 180);
      expect(Math.abs(cosine(at(0), at(degrees)) - truth)).toBeLessThan(0.006);
    }
    expect(cosine(at(0), pack(new Float32Array(3)))).toBe(0);
    expect(cosine(at(0), pack(new Float32Array(4).fill(1)))).toBe(0);
  });

  it('finds the most alike first, and leaves out what is not', async () => {
    const vectors = new Map([
      ['a', at(0)],
      ['b', at(60)],
      ['c', at(10)],
      ['d', at(80)],
    ]);
    expect((await similarTo('a', vectors)).map(({ key }) => key)).toEqual(['c', 'b']);
    expect(await similarTo('nowhere', vectors)).toEqual([]);
  });

  it('groups what is nearly the same, but not what only has the same name', async () => {
    const entries = [
      photo('cat', [TABBY]),
      photo('cat-small', [ESPRESSO, TABBY]),
      photo('other-cat', [TABBY]),
      photo('cup', [ESPRESSO]),
      photo('not-yet', []),
    ];
    const vectors = new Map([
      ['cat', at(0)],
      ['cat-small', at(20)],
      ['other-cat', at(60)],
      ['cup', at(150)],
    ]);
    const groups = await duplicates(entries, vectors);
    expect(groups.map((group) => group.map(({ path }) => path))).toEqual([['cat', 'cat-small']]);
  });
});
