import { expect, it } from 'vitest';
import { byTime, momentOf, monthsOf } from '../../../web/page/src/album/dates.js';
import { lineOf, linesOf, photoBelow } from '../../../web/page/src/album/lines.js';
import { photo } from './entries.js';

const taken = (path: string, taken: string | null, modified = 0) =>
  photo(path, [], { taken, modified });
const local = (...parts: [number, number, number, number, number, number]) =>
  new Date(...parts).getTime();

it('a photo is of the moment that its camera says, wherever that was; else of its file, else of none', () => {
  const at = local(2024, 4, 17, 12, 34, 56);
  expect(momentOf(taken('a', '2024-05-17T12:34:56', 5e11))).toEqual({ at, byCamera: true });
  expect(momentOf(taken('a', '2024-05-17T12:34:56-08:00'))).toEqual({ at, byCamera: true });
  expect(momentOf(taken('a', null, 5e11))).toEqual({ at: 5e11, byCamera: false });
  expect(momentOf(photo('named earlier', [], { modified: 5e11 }))?.byCamera).toBe(false);
  expect(momentOf(taken('no date', null, 0))).toBeNull();
  expect(momentOf(taken('out of a ZIP', null, Date.UTC(1980, 0, 1)))).toBeNull();
  expect(momentOf(taken('nonsense', 'yesterday', 0))).toBeNull();
});

it('the newest come first, those without a date last, each month by itself', () => {
  const list = [
    taken('none', null),
    taken('may 1', '2024-05-01T00:00:00'),
    taken('june', '2024-06-01T00:00:00+14:00'),
    taken('may 31', '2024-05-31T23:59:59'),
    taken('may 2023', '2023-05-31T23:59:59'),
    taken('file of may', null, local(2024, 4, 3, 0, 0, 0)),
    taken('none either', null),
  ];
  const sorted = byTime(list);
  expect(sorted.map(({ path }) => path)).toEqual([
    'june',
    'may 31',
    'file of may',
    'may 1',
    'may 2023',
    'none',
    'none either',
  ]);
  const months = monthsOf(sorted);
  const names = months.map(({ at }) => at && new Date(at).toLocaleDateString('sv').slice(0, 7));
  expect(names).toEqual(['2024-06', '2024-05', '2023-05', null]);
  expect(months.map(({ count }) => count)).toEqual([1, 3, 1, 2]);
  expect(months.map(({ byFile }) => byFile)).toEqual([0, 1, 0, 0]);
  expect(monthsOf([])).toEqual([]);
});

it('every month begins a line; the arrows go by what lies above and below', () => {
  const months = [
    { at: 1, count: 5, byFile: 0 },
    { at: 2, count: 1, byFile: 0 },
    { at: null, count: 3, byFile: 0 },
  ];
  const lines = linesOf(9, 3, months);
  expect(
    lines.map((line) => (line.kind === 'month' ? line.month.at : [line.from, line.to])),
  ).toEqual([1, [0, 3], [3, 5], 2, [5, 6], null, [6, 9]]);
  expect([0, 4, 5, 8].map((at) => lineOf(lines, at))).toEqual([1, 2, 4, 6]);
  expect(photoBelow(lines, 2, 1)).toBe(4); // its line is shorter
  expect(photoBelow(lines, 4, 1)).toBe(5);
  expect(photoBelow(lines, 5, 1)).toBe(6);
  expect(photoBelow(lines, 8, -1)).toBe(5);
  expect(photoBelow(lines, 7, -9)).toBe(1);
  expect(photoBelow(lines, 1, 9)).toBe(7);
  expect(linesOf(7, 3, null)).toEqual([
    { kind: 'photos', from: 0, to: 3 },
    { kind: 'photos', from: 3, to: 6 },
    { kind: 'photos', from: 6, to: 7 },
  ]);
});
