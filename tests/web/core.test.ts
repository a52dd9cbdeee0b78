import { beforeAll, describe, expect, it } from 'vitest';
import { ShiwuError } from '../../web/src/errors.js';
import type { Core, FitOptions } from '../../web/src/runtime/core.js';
import { loadCore, read } from './support/core.js';

const FIT: FitOptions = {
  width: 8,
  height: 8,
  mode: 'crop-shortest',
  cropFraction: 0.875,
  filter: 'bicubic',
};
const PLAIN = {
  layout: 'NCHW',
  color: 'RGB',
  scale: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
} as const;

let core: Core;
beforeAll(async () => {
  core = await loadCore();
});

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof ShiwuError) return error.code;
    throw error;
  }
  return 'none';
}

describe('memory', () => {
  it('holds nothing after success and after failure', async () => {
    const photo = await read('tests/fixtures/photos/chelsea.png');
    for (let i = 0; i < 3; i++) {
      const pixels = core.decode(photo, 1e8);
      expect(core.liveAllocations).toBe(1);
      expect(codeOf(() => core.fitToModel(pixels, { ...FIT, cropFraction: 2 }))).toBe(
        'invalid-argument',
      );
      const fitted = core.fitToModel(pixels, FIT);
      core.toTensor([fitted], PLAIN);
      fitted.free();
      pixels.free();
      expect(codeOf(() => core.decode(new Uint8Array(0), 1e8))).toBe('empty-input');
      expect(codeOf(() => core.decode(photo.subarray(0, 5000), 1e8))).toMatch(/truncated|corrupt/);
      expect(core.liveAllocations).toBe(0);
    }
  });

  it('does not grow over a thousand pictures', async () => {
    const photo = await read('tests/fixtures/photos/chelsea.png');
    const once = () => {
      const pixels = core.decode(photo, 1e8);
      const fitted = core.fitToModel(pixels, FIT);
      core.toTensor([fitted], PLAIN);
      fitted.free();
      pixels.free();
    };
    for (let i = 0; i < 10; i++) once();
    const before = core.heapBytes;
    for (let i = 0; i < 990; i++) once();
    expect(core.heapBytes).toBe(before);
    expect(core.liveAllocations).toBe(0);
  }, 60_000);

  it('refuses what cannot be allocated and goes on', () => {
    const pixels = core.importPixels(new Uint8Array(4), 1, 1);
    const huge = { ...FIT, mode: 'stretch', width: 60_000, height: 60_000 } as const;
    expect(codeOf(() => core.fitToModel(pixels, huge))).toBe('out-of-memory');
    const fitted = core.fitToModel(pixels, { ...FIT, mode: 'stretch' });
    fitted.free();
    pixels.free();
    expect(core.liveAllocations).toBe(0);
  });
});

describe('arrows', () => {
  it('composites imported alpha on white', () => {
    // Half-covered black on white: (0 · 128 + 255 · 127) / 255 = 127.
    const pixels = core.importPixels(Uint8Array.of(0, 0, 0, 128), 1, 1);
    const fitted = core.fitToModel(pixels, { ...FIT, mode: 'stretch', width: 1, height: 1 });
    expect([...core.toTensor([fitted], PLAIN)]).toEqual([127, 127, 127]);
    fitted.free();
    pixels.free();
  });

  it('stacks a batch', () => {
    const black = core.importPixels(Uint8Array.of(0, 0, 0, 255), 1, 1);
    const red = core.importPixels(Uint8Array.of(255, 0, 0, 255), 1, 1);
    expect([...core.toTensor([black, red], PLAIN)]).toEqual([0, 0, 0, 255, 0, 0]);
    expect([...core.toTensor([red], { ...PLAIN, color: 'BGR' })]).toEqual([0, 0, 255]);
    black.free();
    red.free();
  });

  it('ranks with allow and deny', () => {
    const scores = Float32Array.of(0.1, 0.4, 0.4, 0.1);
    const rank = (allow: number[], deny: number[]) =>
      core.topK(scores, { topK: 2, threshold: 0, allow, deny }).map(({ index }) => index);
    expect(rank([], [])).toEqual([1, 2]);
    expect(rank([0, 2, 3], [])).toEqual([2, 0]);
    expect(rank([], [1, 2])).toEqual([0, 3]);
    expect(codeOf(() => rank([4], []))).toBe('invalid-argument');
  });

  it('refuses NaN', () => {
    expect(codeOf(() => core.scores(Float32Array.of(1, Number.NaN), 'single-label', 1))).toBe(
      'non-finite-scores',
    );
  });

  it('turns names into plain values', () => {
    const names = core.parseNames(
      'id\tzh\tzh_aliases\ten\tcategory\na\t猫\t猫咪|喵\tcat\tpet\nb\t狗\t\tdog\tpet\n',
      'id\tzh\ten\tparent\nanimal\t动物\tanimals\t\npet\t宠物\tpets\tanimal\n',
    );
    expect(names.size).toBe(2);
    expect(names.find('b')).toBe(1);
    expect(names.at(0)).toEqual({
      id: 'a',
      zh: '猫',
      en: 'cat',
      threshold: 0,
      aliases: ['猫咪', '喵'],
      categories: [
        { id: 'animal', zh: '动物', en: 'animals' },
        { id: 'pet', zh: '宠物', en: 'pets' },
      ],
    });
    expect(names.mostSpecific(Float32Array.of(0.25, 0.5), 0.7)).toEqual({
      id: 'pet',
      zh: '宠物',
      en: 'pets',
      score: 0.75,
    });
    expect(names.mostSpecific(Float32Array.of(0.25, 0.25), 0.7)).toBeNull();
    expect(names.hasThresholds).toBe(false);
    names.dispose();
    expect(core.liveAllocations).toBe(0);
  });

  it("reads a tagger's thresholds", () => {
    const names = core.parseNames('zh\tthreshold\n室内\t0.35\n人像\t\n', '');
    expect(names.hasThresholds).toBe(true);
    expect(names.at(0).threshold).toBeCloseTo(0.35, 7);
    expect(names.at(1).threshold).toBe(0);
    names.dispose();
    expect(codeOf(() => core.parseNames('zh\tthreshold\n室内\t2\n', ''))).toBe('invalid-labels');
  });
});
