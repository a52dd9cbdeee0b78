// Photos are found by the words that people have for them: tests/fixtures/words/everyday.tsv.
import { describe, expect, it } from 'vitest';
import { album, outcomeOf, rowsOf } from '../support/everyday.js';

const photos = album();
const everyday = rowsOf('everyday.tsv');

describe.each(everyday)(
  '$zh, $pinyin, $en',
  ({ zh = '', pinyin = '', en = '', categories = '' }) => {
    it.each([zh, pinyin, en])('%s', (query) => {
      const { right, found, foreign } = outcomeOf(query, categories.split('|'), photos);
      expect({ found: found >= 0.95 * right, foreign }).toEqual({ found: true, foreign: 0 });
    });
  },
);

it('asks for enough that is there', () => {
  const asked = everyday.map(({ zh = '', categories = '' }) =>
    outcomeOf(zh, categories.split('|'), photos),
  );
  expect(everyday.length).toBeGreaterThanOrEqual(60);
  expect(asked.filter(({ right }) => right > 0).length).toBeGreaterThanOrEqual(50);
  expect(asked.reduce((sum, { right }) => sum + right, 0)).toBeGreaterThan(400);
});
