import { beforeAll, describe, expect, it } from 'vitest';
import { ShiwuError } from '../../web/src/errors.js';
import type { Core, FitOptions, Names } from '../../web/src/runtime/core.js';
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

function parseNames(labels: string, taxonomy: string): Names {
  const utf8 = new TextEncoder();
  return core.parseNames(utf8.encode(labels), utf8.encode(taxonomy));
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

describe('a region', () => {
  const [W, H] = [9, 7];
  const REGION = { x: 2, y: 1, width: 5, height: 4 };
  const stored = Uint8Array.from({ length: 4 * W * H }, (_, i) =>
    i % 4 === 3 ? 255 : (i * 37) % 251,
  );
  /** Place in the stored picture of upright (x, y), by EXIF's own words on rows and columns. */
  const STORED_AT: ((x: number, y: number) => readonly [number, number])[] = [
    (x, y) => [x, y],
    (x, y) => [W - 1 - x, y],
    (x, y) => [W - 1 - x, H - 1 - y],
    (x, y) => [x, H - 1 - y],
    (x, y) => [y, x],
    (x, y) => [y, H - 1 - x],
    (x, y) => [W - 1 - y, H - 1 - x],
    (x, y) => [W - 1 - y, x],
  ];

  function tensorOf(rgba: Uint8Array, width: number, orientation: number, region?: typeof REGION) {
    const pixels = core.importPixels(rgba, width, rgba.length / 4 / width, orientation);
    try {
      const fitted = core.fitToModel(pixels, FIT, region ? { region } : {});
      const tensor = core.toTensor([fitted], PLAIN);
      fitted.free();
      return tensor;
    } finally {
      pixels.free();
    }
  }

  it.each(STORED_AT.map((at, i) => ({ orientation: i + 1, at })))(
    'is cut from the upright picture, orientation $orientation',
    ({ orientation, at }) => {
      const copy = new Uint8Array(4 * REGION.width * REGION.height);
      for (let y = 0; y < REGION.height; y++) {
        for (let x = 0; x < REGION.width; x++) {
          const [storedX, storedY] = at(x + REGION.x, y + REGION.y);
          const from = 4 * (storedY * W + storedX);
          copy.set(stored.subarray(from, from + 4), 4 * (y * REGION.width + x));
        }
      }
      const tensor = tensorOf(stored, W, orientation, REGION);
      expect(tensor).toEqual(tensorOf(copy, REGION.width, 1));
      const whole = tensorOf(stored, W, orientation);
      expect(tensor).not.toEqual(whole);
      const [width, height] = orientation >= 5 ? [H, W] : [W, H];
      const all = { x: 0, y: 0, width, height };
      expect(tensorOf(stored, W, orientation, all)).toEqual(whole);
      const beyond = { x: 0, y: 0, width: width + 1, height };
      expect(codeOf(() => tensorOf(stored, W, orientation, beyond))).toBe('invalid-argument');
      expect(core.liveAllocations).toBe(0);
    },
  );

  it('must be whole pixels inside the picture', () => {
    for (const wrong of [
      { x: 0.5 },
      { y: Number.NaN },
      { width: 1.5 },
      { height: Number.POSITIVE_INFINITY },
      { x: 2 ** 32 },
      { x: -1 },
      { y: -1 },
      { width: 0 },
      { height: 0 },
      { x: 5 },
      { y: 4 },
      { width: 2 ** 31 - 1 },
      { x: '2' as unknown as number },
    ]) {
      expect(codeOf(() => tensorOf(stored, W, 1, { ...REGION, ...wrong }))).toBe(
        'invalid-argument',
      );
    }
    expect(() => tensorOf(stored, W, 1, { ...REGION, x: 5 })).toThrow(
      'region 5 x 4 at 5, 1 of a picture of 9 x 7',
    );
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
    const names = parseNames(
      'id\tzh\tzh_aliases\ten\tcategory\na\t猫\t猫咪|喵\tcat\tpet\nb\t狗\t\tdog\tpet\n',
      'id\tzh\ten\tparents\titself\nanimal\t动物\tanimal\t\t1\npet\t宠物\tpet\tanimal\t0\n',
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
        { id: 'animal', zh: '动物', en: 'animal', itself: true },
        { id: 'pet', zh: '宠物', en: 'pet', itself: false },
      ],
    });
    const answer = (scores: number[], deny: number[] = [], logits: number[] = []) =>
      core.answer(names, Float32Array.from(logits), Float32Array.from(scores), {
        hedge: 5,
        familiar: 1,
        exclusive: true,
        allow: [],
        deny,
      });
    // Of two classes a pet tells nothing: 5 * 0.75 against 6 * 0.5.
    expect(answer([0.25, 0.5])).toEqual({ kind: 'category', index: 1, score: 0.75 });
    expect(names.path(1).map(({ id }) => id)).toEqual(['animal', 'pet']);
    expect(answer([0.125, 0.875])).toEqual({ kind: 'class', index: 1, score: 0.875 });
    expect(answer([0.125, 0.25])).toEqual({ kind: 'unknown', index: 1, score: 0.25 });
    expect(answer([0.125, 0.875], [1])).toEqual({ kind: 'unknown', index: 0, score: 0.125 });
    expect(answer([0.125, 0.875], [], [0.2, 0.3])).toMatchObject({ kind: 'unknown' }); // 0.94
    expect(answer([0.125, 0.875], [], [0.3, 0.4])).toMatchObject({ kind: 'class' }); // 1.04
    expect(codeOf(() => answer([0.25, 0.5], [2]))).toBe('invalid-argument');
    expect(names.hasThresholds).toBe(false);
    names.dispose();
    expect(core.liveAllocations).toBe(0);
  });

  it('reads a model from one copy, which may be freed twice and answers from outside the heap', async () => {
    const bytes = await read('models/bundles/lite0/lite0.onnx');
    const file = core.importFile(bytes);
    const metadata = core.readOnnxMetadata(file);
    const engine = core.loadEngine(file, [224, 224]);
    expect(core.liveAllocations).toBe(2);
    file.free();
    file.free();
    expect(core.liveAllocations).toBe(1);
    engine.dispose();
    expect([...metadata.keys()]).toContain('shiwu.manifest');
    const names = core.parseNames(
      metadata.get('shiwu.labels') ?? new Uint8Array(),
      metadata.get('shiwu.taxonomy') ?? new Uint8Array(),
    );
    expect(names.size).toBe(1000);
    expect(names.at(281).id).toBe('n02123045');
    names.dispose();
    expect(core.liveAllocations).toBe(0);
  });

  it('refuses a file that is cut short, holding nothing', async () => {
    const bytes = await read('models/bundles/lite0/lite0.onnx');
    const file = core.importFile(bytes.subarray(0, 1000));
    expect(codeOf(() => core.readOnnxMetadata(file))).toBe('invalid-model');
    file.free();
    expect(core.liveAllocations).toBe(0);
  });

  it("reads a tagger's thresholds", () => {
    const names = parseNames('zh\tthreshold\n室内\t0.35\n人像\t\n', '');
    expect(names.hasThresholds).toBe(true);
    expect(names.at(0).threshold).toBeCloseTo(0.35, 7);
    expect(names.at(1).threshold).toBe(0);
    names.dispose();
    expect(codeOf(() => parseNames('zh\tthreshold\n室内\t2\n', ''))).toBe('invalid-labels');
  });
});
