import { describe, expect, it } from 'vitest';
import { detectActivation, toLogits } from '../../web/src/model/activation.js';

const of = (...values: number[]) => Float32Array.of(...values);

describe('activation', () => {
  it('is found by what every answer shows', () => {
    const shares = [of(0.25, 0.75), of(0.5, 0.5)];
    expect(detectActivation('single-label', shares)).toBe('softmax');
    // A tagger's scores may happen to add up to 1.
    expect(detectActivation('multi-label', shares)).toBe('sigmoid');
    expect(detectActivation('single-label', [of(0.25, 0.75), of(0.5, 0.25)])).toBe('sigmoid');
    expect(detectActivation('multi-label', [of(0, 1), of(0.5, 0.25)])).toBe('sigmoid');
    expect(detectActivation('single-label', [of(0.25, 0.75), of(-0.5, 1.5)])).toBeNull();
    expect(detectActivation('multi-label', [of(0.5, 0.5), of(0.5, 1.0001)])).toBeNull();
    expect(detectActivation('multi-label', [of(Number.NaN, 0.5)])).toBeNull();
    // One class alone tells nothing.
    expect(detectActivation('multi-label', [of(0.5), of(0.25)])).toBeNull();
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
