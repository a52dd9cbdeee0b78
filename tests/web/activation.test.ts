import { describe, expect, it } from 'vitest';
import { addUpToOne, toLogits } from '../../web/src/model/activation.js';

const of = (...values: number[]) => Float32Array.of(...values);

describe('activation', () => {
  it('is told without the graph only where every answer adds up to one', () => {
    expect(addUpToOne([of(0.25, 0.75), of(0.5, 0.5)])).toBe(true);
    expect(addUpToOne([of(0.25, 0.75), of(0.5, 0.25)])).toBe(false);
    expect(addUpToOne([of(0.25, 0.75), of(-0.5, 1.5)])).toBe(false);
    expect(addUpToOne([of(Number.NaN, 0.5)])).toBe(false);
    // One class alone tells nothing.
    expect(addUpToOne([of(1), of(1)])).toBe(false);
  });

  it('is undone, with finite logits even at 0 and 1', () => {
    const logits = of(1, 2);
    expect(toLogits(logits, null)).toBe(logits);
    const [cat = 0, dog = 0] = toLogits(of(0.25, 0.75), 'softmax');
    expect(dog - cat).toBeCloseTo(Math.log(3), 6);
    expect([...toLogits(of(0.5, 0.75), 'sigmoid')].map((x) => x.toFixed(5))).toEqual([
      '0.00000',
      '1.09861',
    ]);
    for (const activation of ['softmax', 'sigmoid'] as const) {
      const extremes = toLogits(of(0, 1), activation);
      expect(extremes.every(Number.isFinite)).toBe(true);
      expect(extremes[1]).toBeGreaterThan(extremes[0] ?? 0);
      expect(toLogits(of(Number.NaN), activation)).toEqual(of(Number.NaN));
    }
  });
});
