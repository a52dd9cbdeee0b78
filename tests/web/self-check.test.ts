import { expect, it } from 'vitest';
import { disagreement } from '../../web/src/host/self-check.js';

const scores = (...values: number[]) => Float32Array.from(values);
const EXPECTED = scores(0.05, 0.5, 0.02, 0.2, 0.1, 0.08, 0.04, 0.01);

it('takes rounding for agreement', () => {
  expect(disagreement(EXPECTED, EXPECTED)).toBeUndefined();
  expect(
    disagreement(
      EXPECTED,
      EXPECTED.map((score) => score + 5e-4),
    ),
  ).toBeUndefined();
});

it('takes two near equals in the other order for agreement', () => {
  const close = scores(0.3, 0.3001, 0.1, 0.1, 0.1, 0.1);
  const other = scores(0.3001, 0.3, 0.1, 0.1, 0.1, 0.1);
  expect(disagreement(close, other)).toBeUndefined();
});

it('names what is wrong', () => {
  expect(disagreement(EXPECTED, EXPECTED.slice(1))).toBe('7 scores for 8');
  expect(
    disagreement(
      EXPECTED,
      EXPECTED.map((score, i) => (i === 1 ? 0.48 : score)),
    ),
  ).toBe('a score is off by 0.020');
  expect(
    disagreement(
      EXPECTED,
      EXPECTED.map((score, i) => (i === 6 ? Number.NaN : score)),
    ),
  ).toBe('score 6 is not a number');
});
