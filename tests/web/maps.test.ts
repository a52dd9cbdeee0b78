// Where the network looked: the core's maps against NumPy's, as wasm; and through the library as it is
// published, under Node, with both engines.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import MANIFEST from '../../models/bundles/lite0/manifest.json';
import type { Classifier, ClassMaps, Region } from '../../web/src/node.js';
import type { Core } from '../../web/src/runtime/core.js';
import { AS_BYTES, goldenOf, loadCore, read } from './support/core.js';
import { type Library, loadLibrary, path } from './support/node-package.js';

const FIXTURES = 'tests/fixtures/maps';

async function floats(name: string): Promise<Float32Array> {
  return new Float32Array(Uint8Array.from(await read(`${FIXTURES}/${name}`)).buffer);
}

async function rows(name: string): Promise<string[][]> {
  const text = (await read(`${FIXTURES}/${name}`)).toString('utf8');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => line.split('\t'));
}

function codeOf(action: () => unknown): string {
  try {
    action();
    return 'returned';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

function worst(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(found.length).toBe(expected.length);
  return Math.max(...Array.from(found, (each, i) => Math.abs(each - (expected[i] ?? Number.NaN))));
}

describe('the core', () => {
  let core: Core;
  beforeAll(async () => {
    core = await loadCore();
  });

  it.each([
    ['float32', 'maps_float.bin', { weight: 'weight', bias: 'bias' }, 1e-5],
    ['int8', 'maps_int8.bin', { weight: 'levels', scale: 'scale', bias: 'bias' }, 1e-4],
  ] as const)("makes NumPy's maps of %s weights", async (_, golden, names, tolerance) => {
    const file = core.importFile(await read(`${FIXTURES}/head.onnx`));
    const head = core.readHead(file, names);
    file.free();
    const featureMap = { values: await floats('feature_map.bin'), height: 4, width: 6 };
    const maps = head.mapsOf(featureMap);
    expect([maps.height, maps.width]).toEqual([4, 6]);
    expect(worst(maps.values, await floats(golden))).toBeLessThan(tolerance);
    expect(codeOf(() => head.mapsOf({ ...featureMap, height: 5 }))).toBe('model-mismatch');
    head.dispose();
    expect(core.liveAllocations).toBe(0);
  });

  it('refuses names that are no linear layer, holding nothing', async () => {
    const file = core.importFile(await read(`${FIXTURES}/head.onnx`));
    expect(codeOf(() => core.readHead(file, { weight: 'bias', bias: 'bias' }))).toBe(
      'unsupported-model',
    );
    file.free();
    expect(core.liveAllocations).toBe(0);
  });

  it("answers about a part by NumPy's means", async () => {
    const maps = { values: await floats('maps_float.bin'), height: 4, width: 6 };
    const boxes = await rows('boxes.tsv');
    expect(boxes.length).toBe(10);
    for (const [left, top, right, bottom, logits = ''] of boxes) {
      const box = { left, top, right, bottom };
      const numbers = Object.fromEntries(
        Object.entries(box).map(([edge, text]) => [edge, Number(text)]),
      ) as Record<keyof typeof box, number>;
      const found = core.localLogits(maps, numbers);
      expect(worst(found, logits.split(' ').map(Number))).toBeLessThan(1e-5);
    }
    expect(core.liveAllocations).toBe(0);
  });

  it('paints as NumPy does', async () => {
    const values = (await floats('maps_float.bin')).slice(3 * 24, 4 * 24);
    const map = { values, height: 4, width: 6 };
    const painted = core.paintMap(map, {
      low: Math.min(...values),
      high: Math.max(...values),
      scale: 'inferno',
      to: { width: 50, height: 33 },
    });
    // The next of 256 colours, where float32 rounds to the other side.
    expect(worst(painted, await read(`${FIXTURES}/inferno_50x33.bin`))).toBeLessThanOrEqual(4);
    const difference = core.paintMap(map, {
      low: -2.5,
      high: 2.5,
      scale: 'berlin',
      to: { width: 3, height: 2 },
    });
    expect(worst(difference, await read(`${FIXTURES}/berlin_3x2.bin`))).toBeLessThanOrEqual(4);
    expect(core.liveAllocations).toBe(0);
  });
});

let shiwu: Library;
beforeAll(async () => {
  shiwu = await loadLibrary();
}, 60_000);

async function rejection(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'resolved',
    (error: Error & { code?: string }) => error.code ?? String(error),
  );
}

const mean = (map: Float32Array) => map.reduce((sum, each) => sum + each, 0) / map.length;

describe.each(['shiwu', 'ort'] as const)('the library with engine %s', (engine) => {
  let classifier: Classifier;
  let maps: ClassMaps;
  const coffee = path('tests/fixtures/photos/coffee.png');
  beforeAll(async () => {
    classifier = await shiwu.createClassifier({ engine });
    expect(classifier.info.engine).toBe(engine);
    ({ maps } = (await classifier.classify(coffee, { maps: true })) as { maps: ClassMaps });
  }, 60_000);
  afterAll(() => classifier.dispose());

  it("gives maps whose means are PyTorch's logits, when asked for", async () => {
    const { logits } = await goldenOf('coffee');
    const range = Math.max(...logits) - Math.min(...logits);
    const exact = await classifier.classify(coffee, { maps: true, precision: 'exact', topK: 1000 });
    const found = exact.maps as ClassMaps;
    expect([found.width, found.height, found.values.length]).toEqual([7, 7, 49_000]);
    expect(classifier.info.model.maps).toBe(true);
    const means = logits.map((_, index) => mean(found.at(index)));
    expect(worst(means, logits) / range).toBeLessThan(1e-4);
    // And of this very run, softmax undone: differences of logits, within 1e-4.
    const [first] = exact.predictions;
    for (const { index, score } of exact.predictions) {
      const apart =
        (Math.log(score) - Math.log(first?.score ?? Number.NaN)) * MANIFEST.calibration.temperature;
      expect(
        Math.abs(mean(found.at(index)) - mean(found.at(first?.index ?? -1)) - apart),
      ).toBeLessThan(2e-4);
    }
    expect(await classifier.classify(coffee)).not.toHaveProperty('maps');
  });

  it('says where on the photo they lie', () => {
    expect(maps.picture).toEqual({ width: 600, height: 400 });
    // The middle square, 0.875 of the shorter side.
    expect(maps.region).toEqual({ x: 125, y: 25, width: 350, height: 350 });
    expect(maps.ids.length).toBe(1000);
    expect(maps.at(maps.ids[967] as string)).toEqual(maps.at(967));
    expect(codeOf(() => maps.at('n00000000'))).toBe('invalid-argument');
    expect(codeOf(() => maps.at(1000))).toBe('invalid-argument');
  });

  it('counts them in pixels of the photo where a part is looked at', async () => {
    const region = { x: 100, y: 50, width: 400, height: 200 };
    const answer = await classifier.classify(coffee, { maps: true, region });
    expect(answer.maps?.region).toEqual({ x: 212.5, y: 62.5, width: 175, height: 175 });
  });

  it('answers about a place at once, and says what to look at for a better answer', async () => {
    const all = await classifier.look(maps, maps.region, { topK: 2 });
    const { predictions } = await classifier.classify(coffee, { topK: 2 });
    expect(all.predictions.map(({ id }) => id)).toEqual(predictions.map(({ id }) => id));
    expect(all.predictions[0]?.score).toBeCloseTo(predictions[0]?.score ?? 0, 3);
    // What the model crops is added to the region, as far as the photo reaches.
    expect(all.region).toEqual({ x: 100, y: 0, width: 400, height: 400 });
    const cup = await classifier.look(maps, { x: 250, y: 230 }, { topK: 1 });
    const corner = await classifier.look(maps, { x: 130, y: 30 }, { topK: 1 });
    expect(cup.predictions).toHaveLength(1);
    expect(corner.predictions[0]?.score).not.toBeCloseTo(cup.predictions[0]?.score ?? 0, 2);
    expect(cup.region).toEqual({ x: 170, y: 150, width: 160, height: 160 });
    expect((await classifier.classify(coffee, { region: cup.region })).predictions).toHaveLength(5);
  });

  it('takes maps that were stored, and refuses what are none', async () => {
    const stored = structuredClone({ ...maps });
    const glance = await classifier.look(stored, { x: 250, y: 230 });
    expect(glance).toEqual(await classifier.look(maps, { x: 250, y: 230 }));
    const nothing = {} as ClassMaps;
    expect(await rejection(classifier.look(nothing, { x: 1, y: 1 }))).toBe('invalid-argument');
    const cut = { ...stored, values: stored.values.subarray(1) };
    expect(await rejection(classifier.look(cut, { x: 1, y: 1 }))).toBe('invalid-argument');
    for (const place of [{ x: Number.NaN, y: 1 }, { x: 1, y: 1, width: -1, height: 1 }, {}]) {
      expect(await rejection(classifier.look(maps, place as Region))).toBe('invalid-argument');
    }
    expect(await rejection(classifier.look(maps, { x: 1, y: 1 }, { topK: 0 }))).toBe(
      'invalid-argument',
    );
    expect(
      await rejection(classifier.look(maps, { x: 1, y: 1 }, { signal: AbortSignal.abort() })),
    ).toBe('aborted');
  });

  it('paints a map, and two against each other', async () => {
    const one = await classifier.paintMap(maps, { of: 967 });
    expect([one.width, one.height, one.data.length]).toEqual([224, 224, 4 * 224 * 224]);
    const map = maps.at(967);
    const brightest = map.indexOf(Math.max(...map));
    const [x, y] = [32 * (brightest % 7) + 16, 32 * Math.floor(brightest / 7) + 16];
    const light = (at: number) => (one.data[at] ?? 0) + (one.data[at + 1] ?? 0);
    const there = light(4 * (224 * y + x));
    expect(there).toBeGreaterThan(400);
    const size = { width: 7, height: 7 };
    const against = await classifier.paintMap(maps, { of: 967, against: 504, ...size });
    const turned = await classifier.paintMap(maps, { of: 504, against: 967, ...size });
    // Red where the one speaks most, and blue there the other way round.
    const apart = map.map((each, i) => each - (maps.at(504)[i] ?? 0));
    const at = 4 * apart.indexOf(Math.max(...apart));
    expect(against.data[at] ?? 0).toBeGreaterThan((against.data[at + 2] ?? 0) + 40);
    expect(turned.data[at + 2] ?? 0).toBeGreaterThan((turned.data[at] ?? 0) + 40);
    for (const wrong of [{ of: 'n00000000' }, { of: 1, against: -1 }, { of: 1, width: 0 }]) {
      expect(await rejection(classifier.paintMap(maps, wrong))).toBe('invalid-argument');
    }
  });
});

/** tabby, tiger cat, Persian, Siamese, Egyptian; and espresso, cup, coffee mug */
const CATS = ['n02123045', 'n02123159', 'n02123394', 'n02123597', 'n02124075'];
const CUPS = ['n07920052', 'n07930864', 'n03063599'];

/** A cat on the left, a cup on the right: RGBA of 800 x 300. */
async function collage(): Promise<Pick<ImageData, 'data' | 'width' | 'height'>> {
  const core = await loadCore();
  const [width, height] = [800, 300];
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (const [side, name] of ['chelsea', 'coffee'].entries()) {
    const photo = core.decode(await read(`tests/fixtures/photos/${name}.png`), 1e8);
    const half = { width: 400, height, mode: 'stretch', cropFraction: 1, filter: 'box' } as const;
    const rgb = core.toTensor([core.fitToModel(photo, half)], AS_BYTES);
    for (let i = 0; i < rgb.length; i++) {
      const [row, column] = [Math.floor(i / 1200), Math.floor((i % 1200) / 3)];
      data[4 * (width * row + 400 * side + column) + (i % 3)] = rgb[i] as number;
    }
  }
  return { data, width, height };
}

describe.each(['shiwu', 'ort'] as const)('several things with engine %s', (engine) => {
  let classifier: Classifier;
  beforeAll(async () => {
    classifier = await shiwu.createClassifier({ engine });
  }, 60_000);
  afterAll(() => classifier.dispose());

  it('are found where they are, each as a run of its own names it', async () => {
    const photo = await collage();
    const { things, image } = await classifier.find(photo);
    expect(image).toMatchObject({ width: 800, height: 300, decoder: null });
    const named = [...things].sort((a, b) => a.region.x - b.region.x);
    expect(named).toHaveLength(2);
    const [cat, cup] = named;
    expect(CATS).toContain(cat?.predictions[0]?.id);
    expect(CUPS).toContain(cup?.predictions[0]?.id);
    const middle = ({ x, width }: Region) => x + width / 2;
    expect(middle(cat?.region as Region)).toBeLessThan(400);
    expect(middle(cup?.region as Region)).toBeGreaterThan(400);
    const [first] = things;
    expect(first?.predictions[0]?.score).toBeGreaterThanOrEqual(
      things[1]?.predictions[0]?.score ?? 1,
    );
    const again = await classifier.classify(photo, { region: first?.region as Region });
    expect(again.predictions).toEqual(first?.predictions);
  });

  it('are one in a photo of one, with the whole for its region', async () => {
    const coffee = path('tests/fixtures/photos/coffee.png');
    const { things } = await classifier.find(coffee, { topK: 3 });
    const { predictions, answer } = await classifier.classify(coffee, { topK: 3 });
    expect(things).toEqual([
      { predictions, answer, region: { x: 0, y: 0, width: 600, height: 400 } },
    ]);
  });

  it('are refused as any picture is', async () => {
    const coffee = path('tests/fixtures/photos/coffee.png');
    expect(await rejection(classifier.find(new Uint8Array(0)))).toBe('empty-input');
    expect(await rejection(classifier.find(coffee, { topK: 0 }))).toBe('invalid-argument');
    expect(await rejection(classifier.find(coffee, { signal: AbortSignal.abort() }))).toBe(
      'aborted',
    );
    const giveUp = new AbortController();
    const found = rejection(classifier.find(await collage(), { signal: giveUp.signal }));
    setTimeout(() => giveUp.abort(), 20);
    expect(await found).toBe('aborted');
    expect((await classifier.classify(coffee)).predictions[0]?.id).toBe('n07920052');
  });
});

describe("a packed model of one's own", () => {
  it('has maps too, of float32 weights', async () => {
    await using classifier = await shiwu.createClassifier({
      model: path('tests/fixtures/shapes/shapes.onnx'),
      onWarning: () => {},
    });
    expect(classifier.info.model.maps).toBe(true);
    const star = path('tests/fixtures/shapes/star.png');
    const { predictions, maps } = await classifier.classify(star, { maps: true, topK: 6 });
    expect(predictions).toHaveLength(6);
    const [first] = predictions;
    for (const { index, score } of predictions) {
      const apart = Math.log(score) - Math.log(first?.score ?? Number.NaN);
      const means = [index, first?.index ?? -1].map((of) =>
        mean(maps?.at(of) ?? new Float32Array()),
      );
      expect((means[0] ?? 0) - (means[1] ?? 0)).toBeCloseTo(apart, 3);
    }
  });
});

describe('a model without a feature map', () => {
  it('has no maps, and says so', async () => {
    await using classifier = await shiwu.createClassifier({
      model: path('tests/fixtures/models/nchw.onnx'),
      labels: ['猫', '狗', '杯子', '自行车'],
      onWarning: () => {},
    });
    expect(classifier.info.model.maps).toBe(false);
    const answer = await classifier.classify(path('tests/fixtures/photos/coffee.png'), {
      maps: true,
    });
    expect(answer).not.toHaveProperty('maps');
    const { things } = await classifier.find(path('tests/fixtures/photos/coffee.png'));
    expect(things.map(({ region }) => region)).toEqual([{ x: 0, y: 0, width: 600, height: 400 }]);
  });
});
