// Networks of other people, through the real core and ONNX Runtime, against NumPy and Pillow.
import { beforeAll, describe, expect, it } from 'vitest';
import { ShiwuError } from '../../web/src/errors.js';
import { classesOf } from '../../web/src/model/network.js';
import { field, textField } from '../../web/src/model/onnx/proto.js';
import { type DataFile, externalFiles } from '../../web/src/model/onnx/weights.js';
import { openOrtRunner } from '../../web/src/model/ort-runner.js';
import type { OwnModel } from '../../web/src/model/own.js';
import type { Core } from '../../web/src/runtime/core.js';
import type { Classification, LabelInit, ManifestInit, Region } from '../../web/src/types.js';
import { Engine } from '../../web/src/worker/engine.js';
import type { ClassifySettings, RuntimeParts } from '../../web/src/worker/protocol.js';
import expected from '../fixtures/models/expected.json';
import { loadCore, loadRuntime, read, toArrayBuffer } from './support/core.js';

const LABELS = ['猫', '狗', '杯子', '自行车'];
const SETTINGS: ClassifySettings = {
  topK: 4,
  threshold: 0,
  allow: [],
  deny: [],
  region: null,
  features: false,
  levels: false,
  maps: false,
  exact: false,
  maxPixels: 1e8,
};
const { width, height, rgba } = expected.picture;

let core: Core;
let runtime: RuntimeParts;
beforeAll(async () => {
  core = await loadCore();
  runtime = await loadRuntime();
});

type Own = Partial<OwnModel> & { data?: readonly DataFile[] };

async function load(path: string, own: Own = {}): Promise<Engine> {
  return open(await read(`tests/fixtures/${path}`), own);
}

function open(model: Uint8Array, { data, labels, manifest }: Own = {}): Promise<Engine> {
  const file = new Blob([toArrayBuffer(model)]);
  return Engine.create(core, openOrtRunner, runtime, { file, data, labels, manifest });
}

/** The second file of outside.onnx, by whatever name it came. */
async function outside(name = 'outside.onnx.data'): Promise<DataFile> {
  const bytes = await read('tests/fixtures/models/outside.onnx.data');
  return { path: name, data: new Blob([toArrayBuffer(bytes)]) };
}

function classify(engine: Engine, settings: Partial<ClassifySettings> = {}) {
  const data = toArrayBuffer(Buffer.from(rgba, 'base64'));
  const payload = { kind: 'pixels', data, width, height } as const;
  return engine.classify(payload, { ...SETTINGS, ...settings }, 0, async () => {});
}

/** Scores by class, not by rank. */
function byClass({ predictions }: Classification): number[] {
  const scores: number[] = [];
  for (const { index, score } of predictions) scores[index] = score;
  return scores;
}

/** With the texts of shiwu-models pack in its metadata_props, as another packer might put them there. */
function packed(model: Uint8Array, labels: readonly string[]): Uint8Array {
  const manifest = {
    schema_version: 1,
    id: 'packed',
    version: '1.0.0',
    name: { zh: '包', en: 'Packed' },
    task: 'single-label',
    input: {
      name: 'image',
      layout: 'NCHW',
      size: [6, 8],
      color: 'RGB',
      scale: 1 / 255,
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
    },
    resize: { mode: 'crop-shortest', crop_fraction: 0.875, filter: 'bilinear' },
    outputs: { logits: 'output' },
    calibration: { temperature: 1 },
    labels: { count: labels.length },
    license: 'MIT',
    source: 'a test',
  };
  const entry = (key: string, value: string) =>
    field(14, [...textField(1, `shiwu.${key}`), ...textField(2, value)]);
  const table = `zh\n${labels.join('\n')}\n`;
  const props = [...entry('manifest', JSON.stringify(manifest)), ...entry('labels', table)];
  return Buffer.concat([model, ...props]);
}

async function refusal(action: Promise<unknown>): Promise<ShiwuError> {
  try {
    await action;
  } catch (error) {
    if (error instanceof ShiwuError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('what it answers', () => {
  it.each(['softmax', 'yes-no'])('%s, packed: not done twice either', async (name) => {
    const [wanted] = expected.cases.filter(({ model }) => model === name);
    const engine = await open(
      packed(await read(`tests/fixtures/models/${name}.onnx`), wanted?.labels ?? []),
    );
    for (const [index, score] of byClass(await classify(engine)).entries()) {
      expect(score).toBeCloseTo(wanted?.scores[index] ?? Number.NaN, 5);
    }
    await engine.dispose();
  });

  it.each(expected.cases)('$title', async (wanted) => {
    const { model, manifest, scores, region, labels, named } = wanted;
    const engine = await load(`models/${model}.onnx`, {
      labels: labels ?? undefined,
      data: [await outside()],
      manifest: (manifest ?? undefined) as ManifestInit | undefined,
    });
    const first = await classify(engine, { region: region as Region | null });
    const answer = byClass(first);
    expect(answer.length).toBe(scores.length);
    for (const { index, label } of first.predictions) expect(label).toBe(named[index]);
    for (const [index, score] of scores.entries()) expect(answer[index]).toBeCloseTo(score, 5);
    // A second picture finds everything as the first did.
    expect(byClass(await classify(engine, { region: region as Region | null }))).toEqual(answer);
    await engine.dispose();
    expect(core.liveAllocations).toBe(0);
  });

  it('gives the embedding, a row for the one picture', async () => {
    const engine = await load('models/two-outputs.onnx', { labels: LABELS });
    const { features, predictions } = await classify(engine, { features: true });
    const [a = Number.NaN, b = Number.NaN, c = Number.NaN] = features ?? [];
    // Weights and biases of make_models.py.
    const logits = [
      1.5 * a - b + 0.25 * c + 0.125,
      -0.75 * a + 0.5 * b + c - 0.25,
      0.25 * a + 1.25 * b - 1.5 * c - 0.5,
      0.5 * b + 0.75 * c + 0.25,
    ];
    const sum = logits.reduce((total, logit) => total + Math.exp(logit), 0);
    for (const { index, score } of predictions) {
      expect(score).toBeCloseTo(Math.exp(logits[index] ?? Number.NaN) / sum, 5);
    }
    expect(features?.length).toBe(3);
    await engine.dispose();
  });

  it('answers a tag from its own threshold on', async () => {
    const strict: LabelInit = { zh: '猫', threshold: 0.95 };
    const labels = [strict, { zh: '狗', threshold: 1e-7 }, '杯子', '自行车'];
    const engine = await load('models/nchw.onnx', { labels, manifest: { task: 'multi-label' } });
    const all = byClass(await classify(engine));
    const answered = (await classify(engine, { threshold: null })).predictions;
    const wanted = [0.95, 1e-7, 0.5, 0.5].flatMap((least, i) =>
      (all[i] ?? 0) >= least ? [i] : [],
    );
    expect(wanted).toContain(1);
    expect(wanted.length).toBeLessThan(4);
    expect(answered.map(({ index }) => index).sort()).toEqual(wanted);
    await engine.dispose();
  });
});

describe('names', () => {
  it('fills in what a label leaves out', async () => {
    const cat = { id: 'cat', zh: '猫', en: 'cat', aliases: ['猫咪', '喵'] };
    const labels = [cat, '狗', { zh: '杯子' }, { zh: '自行车', en: '' }];
    const engine = await load('models/nchw.onnx', { labels });
    const { predictions, answer } = await classify(engine);
    const names = predictions
      .toSorted((a, b) => a.index - b.index)
      .map(({ id, label, label_en, aliases }) => [id, label, label_en, aliases]);
    expect(names).toEqual([
      ['cat', '猫', 'cat', ['猫咪', '喵']],
      ['1', '狗', '狗', []],
      ['2', '杯子', '杯子', []],
      ['3', '自行车', '自行车', []],
    ]);
    expect(answer.path).toEqual([]);
    await engine.dispose();
  });

  it.each<[string, unknown, string]>([
    ['none', [], 'a name for each class'],
    ['no list', '猫', 'a name for each class'],
    ['a blank', ['猫', '　', '杯', '车'], 'labels[1]: zh is blank'],
    ['the same twice', ['猫', '狗', '猫', '车'], 'labels[2]: zh 猫 is that of labels[0] too'],
    ['a tab', ['猫', '狗\t犬', '杯', '车'], 'labels[1]: a tab'],
    ['a line break', ['猫', '狗', '杯', '车\n'], 'labels[3]: a tab, line break'],
    ['no name', [{ en: 'cat' }, '狗', '杯', '车'], 'labels[0]: zh is no text'],
    ['a number', [1, '狗', '杯', '车'], 'labels[0]: zh is no text'],
    ['null', [null, '狗', '杯', '车'], 'labels[0]: zh is no text'],
    ['an id twice', ['猫', { zh: '狗', id: '0' }, '杯', '车'], 'id 0 is that of labels[0] too'],
    ['a bar', [{ zh: '猫', aliases: ['a|b'] }, '狗', '杯', '车'], 'labels[0]: a | in aliases'],
    ['a threshold', [{ zh: '猫', threshold: 2 }, '狗', '杯', '车'], 'labels[0]: threshold 2'],
  ])('refuses %s', async (_, labels, detail) => {
    const refused = await refusal(
      load('models/nchw.onnx', { labels: labels as (string | LabelInit)[] }),
    );
    expect(refused.code).toBe('invalid-labels');
    expect(refused.detail).toContain(detail);
    expect(core.liveAllocations).toBe(0);
  });
});

describe('info and warnings', () => {
  it('describes a model of which nothing is known', async () => {
    const engine = await load('models/batch-4.onnx', { labels: LABELS });
    expect(engine.info.model).toEqual({
      id: 'own-model',
      version: '0.0.0',
      name: { zh: '自选模型', en: 'Own model' },
      license: 'unknown',
      source: 'unknown',
      classes: 4,
      size: [6, 8],
      bytes: 554,
      task: 'single-label',
      maps: false,
      teachable: false,
      assumed: true,
      network: {
        inputs: [{ name: 'image', type: 'float32', shape: [4, 3, 6, 8] }],
        outputs: [{ name: 'output', type: 'float32', shape: [4, 4] }],
      },
    });
    expect(engine.warnings).toEqual([expect.stringContaining('ImageNet')]);
    await engine.dispose();
  });

  it('takes what the caller says of it', async () => {
    const manifest: ManifestInit = {
      id: 'pets',
      version: '2.1.0',
      name: { zh: '宠物', en: 'Pets' },
      license: 'MIT',
      source: 'https://example.org/pets',
      input: { scale: 1, mean: [127, 127, 127], std: [128, 128, 128] },
    };
    const engine = await load('models/nchw.onnx', { labels: LABELS, manifest });
    const { id, version, name, license, source } = engine.info.model;
    expect({ id, version, name, license, source }).toEqual({
      id: 'pets',
      version: '2.1.0',
      name: { zh: '宠物', en: 'Pets' },
      license: 'MIT',
      source: 'https://example.org/pets',
    });
    expect(engine.warnings).toEqual([]);
    await engine.dispose();
  });

  it.each<[string, ManifestInit, string[]]>([
    ['softmax', {}, ['softmax already']],
    ['sigmoid', { task: 'multi-label' }, ['sigmoid already']],
    ['sigmoid', {}, ['sigmoid already', "manifest.task: 'multi-label'"]],
    ['hard-sigmoid', {}, ['sigmoid already']],
  ])('warns of %s inside, with %j', async (model, manifest, words) => {
    const input = { scale: 1, mean: [0, 0, 0], std: [1, 1, 1] } as const;
    const own = { labels: LABELS, manifest: { input, ...manifest } };
    const engine = await load(`models/${model}.onnx`, own);
    expect(engine.warnings.length).toBe(1);
    for (const word of words) expect(engine.warnings[0]).toContain(word);
    await engine.dispose();
  });

  it('does not take logits for probabilities', async () => {
    for (const task of ['single-label', 'multi-label'] as const) {
      const engine = await load('models/uint8.onnx', { labels: LABELS, manifest: { task } });
      expect(engine.warnings).toEqual([]);
      await engine.dispose();
    }
  });
});

describe('a single number', () => {
  it.each([
    ['yes-no', 'sigmoid', 'one sigmoid: a model of yes and no'],
    ['yes-no-logit', undefined, 'before any sigmoid: a model of yes and no, and its sigmoid'],
  ])('%s is said to be yes and no', async (model, activation, words) => {
    const engine = await load(`models/${model}.onnx`, { labels: ['狗'] });
    expect(engine.info.model.network.outputs[0]?.activation).toBe(activation);
    expect(engine.warnings[0]).toContain(words);
    await engine.dispose();
    const { code, detail } = await refusal(
      load(`models/${model}.onnx`, { labels: ['甲', '乙', '丙'] }),
    );
    expect([code, detail]).toEqual([
      'model-mismatch',
      expect.stringMatching(/^3 labels for 1 class/),
    ]);
  });

  it('is no yes where there are more outputs that could be meant', async () => {
    expect((await refusal(load('models/two-scores.onnx'))).code).toBe('unpacked-model');
  });
});

describe('weights in a second file', () => {
  it('are asked for by name', async () => {
    const { code, detail } = await refusal(load('models/outside.onnx', { labels: LABELS }));
    expect([code, detail]).toEqual(['missing-weights', 'outside.onnx.data']);
    expect(new ShiwuError('missing-weights').zh).toContain('另一个文件');
    expect(core.liveAllocations).toBe(0);
  });

  it.each([
    'outside.onnx.data',
    './outside.onnx.data',
    'C:\\nets\\outside.onnx.data',
    'renamed by its owner.bin',
  ])('are found as %s', async (name) => {
    const engine = await load('models/outside.onnx', {
      labels: LABELS,
      data: [await outside(name)],
    });
    const plain = await load('models/nchw.onnx', { labels: LABELS });
    expect(byClass(await classify(engine))).toEqual(byClass(await classify(plain)));
    await engine.dispose();
    await plain.dispose();
  });

  it('are found among others by name only', async () => {
    const other = { path: 'other.data', data: new Blob([new Uint8Array(1e4)]) };
    const renamed = [other, await outside('renamed.bin')];
    const { code } = await refusal(load('models/outside.onnx', { labels: LABELS, data: renamed }));
    expect(code).toBe('missing-weights');
    const data = [other, await outside()];
    await (await load('models/outside.onnx', { labels: LABELS, data })).dispose();
  });

  it('that end too early are told from those that are not there', async () => {
    const { data } = await outside();
    const half = [{ path: 'outside.onnx.data', data: data.slice(0, 100) }];
    const { code, detail } = await refusal(
      load('models/outside.onnx', { labels: LABELS, data: half }),
    );
    expect(code).toBe('missing-weights');
    expect(detail).toMatch(/^outside\.onnx\.data has 100 bytes where the model needs \d+$/);
  });

  it('are never looked for in a file that is broken', async () => {
    const whole = await read('tests/fixtures/models/outside.onnx');
    expect(externalFiles(whole)).toEqual(['outside.onnx.data']);
    for (let length = 0; length < whole.length; length += 7) {
      expect(externalFiles(whole.subarray(0, length)).length).toBeLessThanOrEqual(1);
    }
    expect(externalFiles(Buffer.from('<!doctype html>'))).toEqual([]);
  });
});

describe('a list of maps in place of scores', () => {
  it('gives way to the scores, and the text beside it goes', async () => {
    const engine = await load('models/custom-vision.onnx');
    const { network, assumed } = engine.info.model;
    expect(assumed).toBe(false);
    expect(network.outputs).toEqual([
      {
        name: 'model_output',
        type: 'float32',
        shape: ['N', 4],
        activation: 'softmax',
        labels: ['cat', 'dog', 'cup', 'bicycle'],
      },
    ]);
    // Its pixels are said by the file: nothing is assumed.
    expect(engine.warnings).toEqual([expect.stringContaining('softmax already')]);
    await engine.dispose();
  });
});

describe('a model that does not fit', () => {
  it.each<[string, string[]]>([
    ['rank-3', ['image float32 [3, 6, 8]', '3 dimensions', '[N, 3, H, W]']],
    ['grey', ['[N, 1, 28, 28]', 'grey']],
    ['five-channels', ['[N, 5, 8, 8]', 'no side of 3 channels']],
    ['float16', ['image float16', 'export it with float32']],
    ['int32', ['image int32', 'float32 or uint8']],
    ['two-inputs', ['2 inputs', 'image float32 [N, 3, 6, 8]', 'size float32 [2]']],
    ['two-scores', ['4 labels', 'left float32 [N, 144]', 'right', 'manifest.outputs.logits']],
    ['arg-max', ['output int64', 'does not hold float32']],
  ])('%s', async (model, words) => {
    const { code, detail } = await refusal(load(`models/${model}.onnx`, { labels: LABELS }));
    expect(code).toBe('model-mismatch');
    for (const word of words) expect(detail).toContain(word);
    expect(core.liveAllocations).toBe(0);
  });

  it('says what the network is, so that the rest can be asked for', async () => {
    const network = {
      inputs: [{ name: 'image', type: 'float32', shape: ['N', 3, 6, 8] }],
      outputs: [{ name: 'output', type: 'float32', shape: ['N', 4] }],
    };
    const silent = await refusal(load('models/nchw.onnx'));
    expect([silent.code, silent.network]).toEqual(['unpacked-model', network]);
    const few = await refusal(load('models/nchw.onnx', { labels: ['猫', '狗'] }));
    expect([few.code, few.network]).toEqual(['model-mismatch', network]);
    const wrong = await refusal(load('models/nchw.onnx', { labels: ['猫', ''] }));
    expect([wrong.code, wrong.network]).toEqual(['invalid-labels', network]);
    expect((await refusal(open(new Uint8Array([1, 2, 3])))).network).toBeUndefined();
  });

  it('asks for no labels where none would help', async () => {
    expect((await refusal(load('models/grey.onnx'))).code).toBe('model-mismatch');
  });

  it.each<[(number | string)[], number | undefined]>([
    [['N', 4], 4],
    [[1, 4, 1, 1], 4],
    [['N', 197, 4], 788],
    [[4], 4],
    [['N', '?'], undefined],
    [['N'], undefined],
    [[], undefined],
  ])('reads the classes of an output %j: %s', (shape, classes) => {
    expect(classesOf({ name: 'output', type: 'float32', shape })).toBe(classes);
  });

  it.each(['nchw', 'unsaid-classes'])('counts labels and classes of %s', async (model) => {
    const count = (labels: string[]) => refusal(load(`models/${model}.onnx`, { labels }));
    const heading = await count(['名称', ...LABELS]);
    expect(heading.code).toBe('model-mismatch');
    expect(heading.detail).toMatch(/^5 labels for 4 classes of output output.*heading line/);
    const background = await count(LABELS.slice(1));
    expect(background.detail).toMatch(/^3 labels for 4 classes of output output.*background class/);
    const far = await count(['猫', '狗']);
    expect(far.detail).toMatch(/^2 labels for 4 classes of output output[^;]*$/);
  });

  it.each<[string, string, ManifestInit, string]>([
    ['another input', 'nchw', { input: { name: 'x' } }, 'no input named x; the model has image'],
    [
      'another output',
      'nchw',
      { outputs: { logits: 'x' } },
      'no output named x; the model has out',
    ],
    ['other features', 'nchw', { outputs: { features: 'x' } }, 'no output named x'],
    ['another size', 'nchw', { input: { size: [8, 6] } }, 'says NCHW, 8 x 6'],
    ['another layout', 'nchw', { input: { layout: 'NHWC', size: [6, 8] } }, 'says NHWC, 6 x 8'],
    [
      'floats for bytes',
      'uint8',
      { input: { scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] } },
      'takes pixels as they are',
    ],
  ])('%s', async (_, model, manifest, words) => {
    const { code, detail } = await refusal(
      load(`models/${model}.onnx`, { labels: LABELS, manifest }),
    );
    expect(code).toBe('model-mismatch');
    expect(detail).toContain(words);
  });
});

describe('what must be said', () => {
  it('asks for labels', async () => {
    for (const own of [{}, { manifest: {} }]) {
      const { code, detail } = await refusal(load('models/nchw.onnx', own));
      expect(code).toBe('unpacked-model');
      expect(detail).toContain('no labels given');
    }
    expect(new ShiwuError('unpacked-model').zh).toContain('传入 labels');
  });

  it('reads the labels of a file whose manifest the caller brings', async () => {
    const file = Buffer.from(await read('tests/fixtures/shapes/shapes.onnx'));
    file.write('other.manifest', file.indexOf('shiwu.manifest'));
    expect((await refusal(open(file))).code).toBe('unpacked-model');
    const engine = await open(file, { manifest: { id: 'mine' } });
    expect(engine.info.model).toMatchObject({ id: 'mine', classes: 6 });
    const { predictions } = await classify(engine, { topK: 6 });
    expect(predictions.map(({ label }) => label)).toContain('五角星');
    await engine.dispose();
  });

  it('asks for the size where the network takes any', async () => {
    const { code, detail } = await refusal(load('models/any-size.onnx', { labels: LABELS }));
    expect(code).toBe('unpacked-model');
    expect(detail).toBe(
      'input image float32 [?, 3, ?, ?] takes any size: say which by manifest.input.size, [height, width]',
    );
  });

  it('survives a size that no memory holds', async () => {
    const manifest: ManifestInit = { input: { size: [1e6, 1e6] } };
    const own = { labels: LABELS, manifest };
    const { code, detail } = await refusal(load('models/any-size.onnx', own));
    expect([code, detail]).toEqual(['out-of-memory', 'input of 1000000 x 1000000']);
    expect(core.liveAllocations).toBe(0);
  });

  it.each<[string, unknown]>([
    ['input.size', { input: { size: [6] } }],
    ['input.sice', { input: { sice: [6, 8] } }],
    ['inputs.size', { inputs: { size: [6, 8] } }],
    ['task', { task: 'tags' }],
    ['resize.crop_fraction', { resize: { crop_fraction: 0 } }],
    ['input.std', { input: { scale: 1, mean: [0, 0, 0], std: [1, 0, 1] } }],
    ['outputs.features', { outputs: { features: '' } }],
    ['input.scale, input.mean and input.std', { input: { scale: 1 } }],
    ['', 'lite0'],
  ])('names the wrong field: %s', async (field, manifest) => {
    const { code, detail } = await refusal(
      load('models/nchw.onnx', { labels: LABELS, manifest: manifest as ManifestInit }),
    );
    expect(code).toBe('invalid-argument');
    expect(detail).toContain(`manifest: ${field}`);
  });
});

describe('a packed model', () => {
  const SHAPES = ['圆', '三角', '方块', '星星', '叉', '心'];

  it("takes the caller's labels in place of its own", async () => {
    const plain = await load('shapes/shapes.onnx');
    const named = await load('shapes/shapes.onnx', { labels: SHAPES });
    const settings = { topK: 6 };
    const before = (await classify(plain, settings)).predictions;
    const after = (await classify(named, settings)).predictions;
    expect(after.map(({ score }) => score)).toEqual(before.map(({ score }) => score));
    expect(after.map(({ label }) => label)).toEqual(after.map(({ index }) => SHAPES[index]));
    expect(after.map(({ label }) => label)).not.toEqual(before.map(({ label }) => label));
    expect(named.info.model.id).toBe(plain.info.model.id);
    expect(named.warnings).toEqual([]);
    const { detail } = await refusal(load('shapes/shapes.onnx', { labels: [...SHAPES, '没有'] }));
    expect(detail).toMatch(/^7 labels for 6 classes/);
    await plain.dispose();
    await named.dispose();
  });

  it("takes the caller's manifest over its own, field by field", async () => {
    const plain = await load('shapes/shapes.onnx');
    const squashed = await load('shapes/shapes.onnx', {
      manifest: { resize: { mode: 'stretch' }, name: { zh: '形状', en: 'Forms' } },
    });
    expect(squashed.info.model).toEqual({
      ...plain.info.model,
      name: { zh: '形状', en: 'Forms' },
    });
    const top = async (engine: Engine) => byClass(await classify(engine));
    expect(await top(squashed)).not.toEqual(await top(plain));
    await plain.dispose();
    await squashed.dispose();
  });
});
