// The Node build, as `npm run build` leaves it in dist/: exact answers, every kind of input, failures
// by their code, and a process that ends by itself.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import MANIFEST from '../../models/bundles/lite0/manifest.json';
import type { Classifier, ClassifierOptions, ImageInput, ShiwuError } from '../../web/src/node.js';
import golden from '../fixtures/golden/lite0/coffee.json';
import expected from '../fixtures/models/expected.json';
import { goldenOf } from './support/core.js';
import { DIST, type Library, loadLibrary, path, runNode } from './support/node-package.js';

const COFFEE = path('tests/fixtures/photos/coffee.png');
const ESPRESSO = '浓缩咖啡';

const onWarning = () => {};

let shiwu: Library;
let classifier: Classifier;
beforeAll(async () => {
  shiwu = await loadLibrary();
  classifier = await shiwu.createClassifier();
}, 60_000);
afterAll(() => classifier.dispose());

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'resolved';
  } catch (error) {
    return error instanceof shiwu.ShiwuError ? error.code : String(error);
  }
}

async function detailOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'resolved',
    (error: ShiwuError) => error.detail,
  );
}

/**
 * By how much each engine's probabilities may differ from PyTorch's. Logits that are 1e-4 of a range of 12
 * apart, which is ours' bar, would make 4e-4; over 300 photos it is 1e-4 at most, as the documents say.
 */
const APART = { ort: 5e-6, shiwu: 1.1e-4 };

describe('teaching', () => {
  const CHELSEA = path('tests/fixtures/photos/chelsea.png');

  it('answers what was taught, in every classifier that takes over its file', async () => {
    await using one = await shiwu.createClassifier();
    const parts = [0, 60].map((x) => ({ x, y: 0, width: 390, height: 300 }));
    for (const region of parts) await one.teach('我家的猫', CHELSEA, { region });
    await one.teach('我家的猫', [COFFEE], { not: true });
    expect(one.taught).toEqual([
      { id: 'taught:我家的猫', name: '我家的猫', examples: 2, counterexamples: 1 },
    ]);
    const { predictions } = await one.classify(CHELSEA);
    expect(predictions[0]).toMatchObject({ id: 'taught:我家的猫', index: 1000 });
    expect((await one.classify(COFFEE)).predictions[0]?.label).toBe(ESPRESSO);

    await using other = await shiwu.createClassifier();
    expect((await other.classify(CHELSEA)).predictions[0]?.id).toBe('n02124075');
    await other.importTaught(await one.exportTaught());
    expect((await other.classify(CHELSEA)).predictions).toEqual(predictions);
    await other.rename('我家的猫', '咪咪');
    await other.teach('杯子', COFFEE);
    await other.merge('杯子', '咪咪');
    expect(other.taught).toMatchObject([{ name: '咪咪', examples: 3 }]);
    // In place of what is there; without that it would stand beside it.
    const saved = await one.exportTaught();
    await other.importTaught(saved, { replace: true });
    expect(other.taught).toEqual(one.taught);
    await other.importTaught(saved);
    expect(other.taught).toMatchObject([{ name: '我家的猫', examples: 4 }]);
    await other.rename('我家的猫', '咪咪');
    await other.forget('咪咪');
    expect((await other.classify(CHELSEA)).predictions[0]?.id).toBe('n02124075');
    // Nobody else has noticed.
    expect((await one.classify(CHELSEA)).predictions).toEqual(predictions);
  }, 60_000);

  it('fails by code, and leaves what was taught as it was', async () => {
    await using one = await shiwu.createClassifier();
    await one.teach('猫', CHELSEA);
    const bytes = new Uint8Array(await (await one.exportTaught()).arrayBuffer());
    expect(await codeOf(one.teach('\n', CHELSEA))).toBe('invalid-argument');
    expect(await codeOf(one.teach('狗', []))).toBe('invalid-argument');
    expect(await codeOf(one.teach('狗', [CHELSEA, path('package.json')]))).toBe(
      'unsupported-format',
    );
    expect(await codeOf(one.forget('狗'))).toBe('invalid-argument');
    expect(await codeOf(one.importTaught(bytes.subarray(0, 99)))).toBe('invalid-taught');
    const cut = one.importTaught(bytes.subarray(0, 99), { replace: true });
    expect(await codeOf(cut)).toBe('invalid-taught');
    expect(one.info.model.teachable).toBe(true);
    expect(one.taught.map(({ name }) => name)).toEqual(['猫']);
    const outputs = { features: null };
    await using blind = await shiwu.createClassifier({ manifest: { outputs } });
    expect(await codeOf(blind.teach('猫', CHELSEA))).toBe('not-teachable');
    expect(blind.info.model.teachable).toBe(false);
    await one.dispose();
    expect(await codeOf(one.forget('猫'))).toBe('disposed');
  }, 60_000);
});

it('describes classes and categories, and gives their further names', async () => {
  const { predictions } = await classifier.classify(COFFEE, { topK: 2, moreNames: true });
  expect(predictions[0]).toMatchObject({
    label: ESPRESSO,
    label_pinyin: 'nóngsuō kāfēi',
    label_zh_hant: '濃縮咖啡',
  });
  expect(predictions[1]?.label_pinyin).toMatch(/[āáǎàēéěèīíǐìōóǒòūúǔù]/);
  const espresso = await classifier.describe(predictions[0]?.id ?? '');
  expect(espresso?.about_en).toMatch(/^A tiny cup of strong coffee/);
  expect(await classifier.describe('fruit')).toMatchObject({
    label_zh: '水果',
    label_pinyin: 'shuǐguǒ',
    words_en: [],
    words_zh: ['果子', '鲜果'],
  });
  expect(await classifier.describe('none of these')).toBeNull();
  expect(await codeOf(classifier.describe(7 as unknown as string))).toBe('invalid-argument');
});

describe.each(['chelsea', 'coffee'])('%s', (name) => {
  it.each(['ort', 'shiwu'] as const)("gives PyTorch's logits by %s", async (engine) => {
    await using classifier = await shiwu.createClassifier({ engine });
    expect(classifier.info.engine).toBe(engine);
    const golden = await goldenOf(name);
    const { predictions, features } = await classifier.classify(
      path(`tests/fixtures/photos/${name}.png`),
      { topK: 1000, features: true },
    );
    expect(features?.length).toBe(1280);
    const { temperature } = MANIFEST.calibration;
    const best = Math.max(...golden.logits);
    const range = best - Math.min(...golden.logits);
    const top = Math.log(predictions[0]?.score ?? Number.NaN);
    // Softmax keeps differences of logits: ln p[i] − ln p[best] = (logit[i] − logit[best]) / temperature.
    const worst = Math.max(
      ...predictions.map(({ index, score }) =>
        Math.abs(
          (Math.log(score) - top) * temperature - ((golden.logits[index] ?? Number.NaN) - best),
        ),
      ),
    );
    expect(predictions.length).toBe(1000);
    expect(worst / range).toBeLessThanOrEqual(1e-4);
    expect(predictions.slice(0, 5).map(({ index }) => index)).toEqual(
      golden.top5.map(({ index }) => index),
    );
    golden.top5.forEach(({ probability }, i) => {
      expect(Math.abs((predictions[i]?.score ?? Number.NaN) - probability)).toBeLessThan(
        APART[engine],
      );
    });
  });
});

describe('inputs', () => {
  let bytes: Buffer;
  beforeAll(async () => {
    bytes = await readFile(COFFEE);
  });

  const inputs: Record<string, () => ImageInput> = {
    'an absolute path': () => COFFEE,
    'a relative path': () => relative('.', COFFEE),
    'a file: URL': () => pathToFileURL(COFFEE),
    'a file: URL as a string': () => pathToFileURL(COFFEE).href,
    'a data: URL': () => `data:image/png;base64,${bytes.toString('base64')}`,
    'a Buffer': () => bytes,
    'a part of a larger buffer': () =>
      new Uint8Array([1, 2, 3, ...bytes, 4, 5]).subarray(3, 3 + bytes.length),
    'an ArrayBuffer': () => new Uint8Array(bytes).buffer,
    'a Blob': () => new Blob([new Uint8Array(bytes)]),
  };
  it.each(Object.keys(inputs))('%s', async (kind) => {
    const input = inputs[kind]?.() as ImageInput;
    const { predictions, image } = await classifier.classify(input);
    expect(predictions[0]?.label).toBe(ESPRESSO);
    expect(predictions[0]?.score).toBeCloseTo(golden.top5[0]?.probability ?? 0, 4);
    expect(image).toEqual({
      width: 600,
      height: 400,
      orientation: 1,
      decoder: 'shiwu',
      truncated: false,
    });
    if (input instanceof ArrayBuffer) expect(input.byteLength).toBe(bytes.length);
  });

  it('says when a photo was taken, where its file does', async () => {
    const times = new URL('../fixtures/capture_time/', import.meta.url);
    const taken = async (name: string) =>
      (await classifier.classify(await readFile(new URL(name, times)))).image.takenAt;
    expect(await taken('offset.jpg')).toBe('2023-12-31T23:59:59+08:00');
    expect(await taken('original.png')).toBe('2024-05-17T08:03:09');
    expect(await taken('blank.jpg')).toBeUndefined();
  });

  it('pixels, which stay as they are', async () => {
    const data = new Uint8ClampedArray(4 * 300 * 200).fill(200);
    const { image } = await classifier.classify({ data, width: 300, height: 200 });
    expect(image).toEqual({
      width: 300,
      height: 200,
      orientation: 1,
      decoder: null,
      truncated: false,
    });
    expect(data.length).toBe(4 * 300 * 200);
    expect(data.every((value) => value === 200)).toBe(true);
  });

  it('an http: URL, and one that is not there', async () => {
    const server = createServer(({ url }, response) => {
      if (url === '/coffee.png') response.end(bytes);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const at = `http://127.0.0.1:${port}`;
      const { predictions } = await classifier.classify(`${at}/coffee.png`);
      expect(predictions[0]?.label).toBe(ESPRESSO);
      expect(await codeOf(classifier.classify(`${at}/none.png`))).toBe('not-found');
    } finally {
      server.close();
    }
  });
});

describe('failures', () => {
  it('names the file that is missing', async () => {
    const missing = path('tests/fixtures/photos/没有.jpg');
    expect(await codeOf(classifier.classify(missing))).toBe('unreadable-input');
    expect(await detailOf(classifier.classify(missing))).toBe(`${missing}: no such file`);
  });

  it.each<[string, () => ImageInput, string]>([
    ['a folder', () => path('tests/fixtures/photos'), 'unreadable-input'],
    ['a broken data: URL', () => 'data:image/png;base64,%', 'unreadable-input'],
    ['an address that is none', () => 'http://', 'unreadable-input'],
    ['no bytes', () => Buffer.alloc(0), 'empty-input'],
    ['text', () => Buffer.from('这不是图片，只是文字，足够长的文字。'), 'unsupported-format'],
    ['a number', () => 42 as unknown as ImageInput, 'unsupported-input'],
    ['null', () => null as unknown as ImageInput, 'unsupported-input'],
    [
      'too few pixels',
      () => ({ data: new Uint8ClampedArray(12), width: 2, height: 2 }),
      'invalid-argument',
    ],
  ])('%s', async (_, input, code) => {
    expect(await codeOf(classifier.classify(input()))).toBe(code);
  });

  it('cut-off bytes', async () => {
    const bytes = await readFile(COFFEE);
    expect(await codeOf(classifier.classify(bytes.subarray(0, 5000)))).toBe('truncated-image');
  });

  it('WebP and HEIC, which Node has no decoder for', async () => {
    const webp = path('tests/fixtures/orientation/1-be.webp');
    expect(await codeOf(classifier.classify(webp))).toBe('unsupported-format');
    expect(await detailOf(classifier.classify(webp))).toMatch(/^webp: only browsers/);
    const heic = path('tests/fixtures/encoded/chelsea.heic');
    expect(await codeOf(classifier.classify(heic))).toBe('needs-decoder');
  });

  it('HEIC by shiwu/heic', async () => {
    const url = new URL('heic-node.js', DIST).href;
    const { heicDecoder } = (await import(url)) as typeof import('../../web/src/heic/node.js');
    const withHeic = await shiwu.createClassifier({ heic: heicDecoder() });
    const heic = path('tests/fixtures/encoded/chelsea.heic');
    const { predictions, image } = await withHeic.classify(heic);
    expect(image).toEqual({
      width: 451,
      height: 300,
      orientation: 1,
      decoder: 'heic',
      truncated: false,
    });
    expect(predictions.slice(0, 3).map(({ id }) => id)).toContain('n02124075');
    await withHeic.dispose();
  });

  it('pictures above maxPixels', async () => {
    const small = await shiwu.createClassifier({ maxPixels: 1000 });
    expect(await codeOf(small.classify(COFFEE))).toBe('image-too-large');
    for (const maxPixels of [600 * 400, Number.POSITIVE_INFINITY]) {
      expect(await codeOf(small.classify(COFFEE, { maxPixels }))).toBe('resolved');
    }
    const less = { maxPixels: 600 * 400 - 1 };
    expect(await codeOf(classifier.classify(COFFEE, less))).toBe('image-too-large');
    const none = { maxPixels: Number.NaN };
    expect(await codeOf(classifier.classify(COFFEE, none))).toBe('invalid-argument');
    await small.dispose();
    expect(await codeOf(small.classify(COFFEE))).toBe('disposed');
  });

  it('an own model that is missing or none', async () => {
    const { createClassifier } = shiwu;
    expect(await codeOf(createClassifier({ model: '没有.onnx' }))).toBe('not-found');
    expect(await codeOf(createClassifier({ model: COFFEE }))).toBe('invalid-model');
  });

  it('webgpu is dropped with a warning', async () => {
    const warnings: string[] = [];
    const options = {
      backend: 'webgpu',
      onWarning: (text: string) => warnings.push(text),
    } as const;
    const other = await shiwu.createClassifier(options);
    expect(other.info.backend).toBe('wasm');
    expect(warnings.length).toBe(1);
    expect(warnings[0]).toMatch(/WebGPU is not used/);
    await other.dispose();
  });
});

describe('an own model', () => {
  const SHAPES = 'tests/fixtures/shapes/shapes.onnx';
  const star = path('tests/fixtures/shapes/star.png');

  it.each<[string, () => Promise<string | URL | Uint8Array>]>([
    ['a path', async () => path(SHAPES)],
    ['a file: URL', async () => pathToFileURL(path(SHAPES))],
    ['bytes', async () => readFile(path(SHAPES))],
  ])('as %s', async (_, model) => {
    const own = await shiwu.createClassifier({ model: await model() });
    const { predictions } = await own.classify(star);
    expect(predictions[0]?.label).toBe('五角星');
    await own.dispose();
  });
});

describe('weights in a second file', () => {
  const folder = 'tests/fixtures/models/';
  const labels = ['猫', '狗', '杯子', '自行车'];
  const data = () => readFile(path(`${folder}outside.onnx.data`));
  const model = () => readFile(path(`${folder}outside.onnx`));
  const { classes } = expected.chelsea;

  it.each<[string, () => Promise<ClassifierOptions>]>([
    ['from beside the model', async () => ({ model: path(`${folder}outside.onnx`) })],
    [
      'as bytes',
      async () => ({
        model: await model(),
        externalData: [{ path: 'outside.onnx.data', data: await data() }],
      }),
    ],
    [
      'as a File',
      async () => ({
        model: await model(),
        externalData: [new File([await data()], 'outside.onnx.data')],
      }),
    ],
    [
      'at an address',
      async () => ({
        model: await model(),
        externalData: [pathToFileURL(path(`${folder}outside.onnx.data`))],
      }),
    ],
  ])('%s', async (_, options) => {
    await using own = await shiwu.createClassifier({ ...(await options()), labels, onWarning });
    const { predictions } = await own.classify(path('tests/fixtures/photos/chelsea.png'));
    expect(predictions.length).toBe(4);
    for (const { index, score } of predictions) {
      expect(score).toBeCloseTo(classes[index] as number, 5);
    }
  });

  it.each(['ort', 'shiwu'] as const)('for the engine %s', async (engine) => {
    const model = path(`${folder}outside-for-ours.onnx`);
    await using own = await shiwu.createClassifier({ model, engine, labels, onWarning });
    expect(own.info.engine).toBe(engine);
    const { predictions } = await own.classify(path('tests/fixtures/photos/chelsea.png'));
    expect(predictions.length).toBe(4);
    for (const { index, score } of predictions) {
      expect(score).toBeCloseTo(expected.chelsea.unmasked[index] as number, 5);
    }
  });

  it('that are not given, or not there, are named', async () => {
    const bare = async () => shiwu.createClassifier({ model: await model(), labels });
    expect([await codeOf(bare()), await detailOf(bare())]).toEqual([
      'missing-weights',
      'outside.onnx.data',
    ]);
    const alone = await mkdtemp(join(tmpdir(), 'shiwu-alone-'));
    await writeFile(join(alone, 'alone.onnx'), await model());
    const beside = () => shiwu.createClassifier({ model: join(alone, 'alone.onnx'), labels });
    expect(await codeOf(beside())).toBe('missing-weights');
    expect(await detailOf(beside())).toContain('outside.onnx.data');
    await rm(alone, { recursive: true });
  });

  it('are no others: two classifiers with other files are two', async () => {
    const options = { model: new Blob([await model()]), labels, onWarning };
    const weights = await data();
    const zeros = new Uint8Array(weights.length);
    const of = (bytes: Uint8Array) =>
      shiwu.createClassifier({
        ...options,
        externalData: [{ path: 'outside.onnx.data', data: bytes }],
      });
    await using right = await of(weights);
    await using wrong = await of(zeros);
    const cat = path('tests/fixtures/photos/chelsea.png');
    const [a, b] = [await right.classify(cat), await wrong.classify(cat)];
    expect(a.predictions[0]?.score).toBeCloseTo(classes[0] as number, 5);
    expect(b.predictions[0]?.score).toBeCloseTo(0.25, 6);
  });

  it.each([
    [[{ path: '', data: new Uint8Array(1) }]],
    [[{ path: 'a' }]],
    [[null]],
    ['outside.onnx.data'],
    [[new Blob([])]],
  ])('given wrongly are told: %j', async (externalData) => {
    const options = { externalData: externalData as never };
    expect(await codeOf(shiwu.createClassifier(options))).toBe('invalid-argument');
  });
});

describe('cancelling', () => {
  it('before and during a call; the next one works', async () => {
    expect(await codeOf(classifier.classify(COFFEE, { signal: AbortSignal.abort() }))).toBe(
      'aborted',
    );
    const controller = new AbortController();
    const call = codeOf(classifier.classify(COFFEE, { signal: controller.signal }));
    setTimeout(() => controller.abort(), 5);
    expect(await call).toBe('aborted');
    expect((await classifier.classify(COFFEE)).predictions[0]?.label).toBe(ESPRESSO);
  });

  it('while loading', async () => {
    const signal = AbortSignal.timeout(1);
    const model = path('models/bundles/lite2/lite2.onnx');
    expect(await codeOf(shiwu.createClassifier({ model, signal }))).toBe('aborted');
  });
});

describe('albums', () => {
  it('of 20, one of them bad, in order', async () => {
    const inputs = Array.from({ length: 20 }, (_, i) => (i === 7 ? '没有.jpg' : COFFEE));
    const progress: number[] = [];
    const answers: string[] = [];
    for await (const { index, input, result, error } of classifier.classifyMany(inputs, {
      concurrency: 2,
      onProgress: ({ done }) => progress.push(done),
    })) {
      expect(input).toBe(inputs[index]);
      answers.push(error ? error.code : (result.predictions[0]?.label ?? ''));
    }
    expect(answers).toEqual(inputs.map((_, i) => (i === 7 ? 'unreadable-input' : ESPRESSO)));
    expect(progress).toEqual(inputs.map((_, i) => i + 1));
  }, 60_000);
});

describe('a process', () => {
  const script = (body: string) => [
    '--input-type=module',
    '--eval',
    `import { createClassifier } from 'shiwu'; ${body}`,
  ];

  it('ends without dispose(), long before its workers would be idle for long enough', async () => {
    const { status, stdout, stderr } = await runNode(
      script(`
        const classifier = await createClassifier();
        const { predictions } = await classifier.classify(${JSON.stringify(COFFEE)});
        console.log(predictions[0].label);
        process.on('exit', () => console.log(performance.now() - ended < 2000));
        const ended = performance.now();`),
    );
    expect(stderr).toBe('');
    expect(stdout).toBe(`${ESPRESSO}\ntrue\n`);
    expect(status).toBe(0);
  }, 60_000);

  it('stays for a call that nothing else waits for', async () => {
    const { status, stdout } = await runNode(
      script(`void createClassifier().then(async (classifier) => {
        const { predictions } = await classifier.classify(${JSON.stringify(COFFEE)});
        console.log(predictions[0].label);
      });`),
    );
    expect(stdout).toBe(`${ESPRESSO}\n`);
    expect(status).toBe(0);
  }, 60_000);

  it('that only imports the package starts nothing', async () => {
    const { status, stdout } = await runNode(
      script(
        'console.log(process.getActiveResourcesInfo().filter((name) => /Worker|Port/.test(name)).length);',
      ),
    );
    expect(stdout).toBe('0\n');
    expect(status).toBe(0);
  });
});
