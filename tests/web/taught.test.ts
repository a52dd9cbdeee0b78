// What is taught stands in the same ranking as the network's own classes: through the real core, the real
// network and the library's own arithmetic, against NumPy's rows.
import { beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../models/bundles/lite0/manifest.json';
import { Lessons } from '../../web/src/lessons.js';
import { openShiwuRunner } from '../../web/src/model/shiwu-runner.js';
import type { Core } from '../../web/src/runtime/core.js';
import type { Classification } from '../../web/src/types.js';
import { Engine } from '../../web/src/worker/engine.js';
import type { ClassifySettings, Taught } from '../../web/src/worker/protocol.js';
import { goldenOf, loadCore, read, toArrayBuffer } from './support/core.js';
import { SETTINGS } from './support/fake-worker.js';

let core: Core;
let engine: Engine;
let atRest: number;
let cat: Classification;
beforeAll(async () => {
  core = await loadCore();
  engine = await load('models/bundles/lite0/lite0.onnx');
  atRest = core.liveAllocations;
  cat = await look('chelsea', { features: true });
}, 60_000);

async function load(path: string): Promise<Engine> {
  const file = new Blob([Uint8Array.from(await read(path))]);
  const own = { labels: undefined, manifest: undefined };
  return Engine.create(core, openShiwuRunner, { engine: 'shiwu' }, { file, ...own });
}

async function look(photo: string, settings: Partial<ClassifySettings> = {}) {
  const bytes = toArrayBuffer(await read(`tests/fixtures/photos/${photo}.png`));
  return engine.classify({ kind: 'bytes', bytes }, { ...SETTINGS, ...settings }, 0, async () => {});
}

function taughtCat(name = '我家的猫'): Taught {
  const examples = [cat.features as Float32Array];
  return engine.teach(undefined, { kind: 'add', name, examples, not: false });
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'none';
}

describe('a taught category', () => {
  it('stands in one softmax with the thousand', async () => {
    const { file, categories } = taughtCat();
    expect(categories).toEqual([
      { id: 'taught:我家的猫', name: '我家的猫', examples: 1, counterexamples: 0 },
    ]);
    engine.know(file);
    const { predictions } = await look('chelsea', { topK: 2000 });
    engine.know(undefined);
    expect(predictions).toHaveLength(1001);
    const [best] = predictions;
    expect(best).toMatchObject({
      id: 'taught:我家的猫',
      index: 1000,
      label: '我家的猫',
      label_en: '我家的猫',
      categories: [],
    });
    expect(predictions.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1, 4);
    // Its logit, by the formula of docs/teaching.md: w is 1.5 long and points where the photo does. Photo and row are
    // kept in 8 bits a number.
    const features = [...(cat.features as Float32Array)];
    const kept = levelsOf(features);
    const mean = kept.reduce((a, b) => a + b, 0) / kept.length;
    const length = Math.hypot(...kept.map((x) => x - mean));
    const row = kept.map((x) => (1.5 * (x - mean)) / length);
    const scale = Math.max(...row.map(Math.abs)) / 127;
    let carried = 0;
    const dot = features.reduce((sum, x, i) => {
      const wanted = (row[i] ?? 0) / scale + carried;
      carried = wanted - Math.round(wanted);
      return sum + x * Math.round(wanted);
    }, 0);
    const logit = dot * scale - 0.85 + 1.85;
    // Softmax keeps differences of logits, and the network's own are those of before.
    const tiger = cat.predictions[0] as (typeof predictions)[0];
    const then = predictions.find(({ id }) => id === tiger.id);
    // Of what is left to the thousand, added up: 1 less a float32 near 1 is nearly nothing.
    const share = predictions.slice(1).reduce((sum, { score }) => sum + score, 0);
    expect((then?.score ?? 0) / share).toBeCloseTo(tiger.score, 4);
    const apart = temperature * Math.log((best?.score ?? 0) / (then?.score ?? 1));
    const own = apart + (await logitOf(tiger.index));
    expect(Math.abs(own - logit)).toBeLessThan(0.02); // the golden's logits are PyTorch's own
  });

  it('takes nothing from other photos, and is gone when nothing is known of it', async () => {
    const before = await look('coffee');
    engine.know(taughtCat().file);
    const after = await look('coffee');
    expect(after.predictions[0]?.id).toBe(before.predictions[0]?.id);
    expect(after.predictions[0]?.score).toBeCloseTo(before.predictions[0]?.score ?? 0, 2);
    engine.know(undefined);
    expect((await look('coffee')).predictions).toEqual(before.predictions);
  });

  it('can be asked for alone, and left out', async () => {
    engine.know(taughtCat().file);
    const allow = ['taught:我家的猫'];
    const only = await look('chelsea', { allow });
    const without = await look('chelsea', { deny: allow });
    engine.know(undefined);
    expect(only.predictions.map(({ id }) => id)).toEqual(allow);
    expect(without.predictions.map(({ id }) => id)).toEqual(cat.predictions.map(({ id }) => id));
    await expect(look('chelsea', { allow })).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  it('is the answer where it is likelier than all else together', async () => {
    const id = 'taught:我家的猫';
    engine.know(taughtCat().file);
    const { answer } = await look('chelsea');
    const other = await look('coffee');
    const without = await look('chelsea', { deny: [id] });
    const alone = await look('coffee', { allow: [id] });
    engine.know(undefined);
    expect(answer).toMatchObject({ kind: 'class', id, label: '我家的猫', path: [] });
    expect(answer.score).toBeGreaterThan(0.5);
    expect(other.answer.id).toBe('n07920052');
    expect(without.answer.id).not.toBe(id);
    expect(alone.answer).toMatchObject({ kind: 'unknown', id: null });
  });

  it('leaves nothing on the heap', async () => {
    const { file } = taughtCat();
    engine.know(file);
    engine.know(undefined);
    codeOf(() => engine.teach(file, { kind: 'forget', name: '狗' }));
    codeOf(() => engine.know(new Uint8Array([1, 2, 3])));
    expect(core.liveAllocations).toBe(atRest);
  });
});

/** The nearest numbers from -127 to 127, the largest of which is one of the two. */
function levelsOf(numbers: readonly number[]): number[] {
  const largest = Math.max(...numbers.map(Math.abs));
  return numbers.map((x) => Math.round((x * 127) / largest));
}

/** What the model's logits are divided by. */
const { temperature } = manifest.calibration;

describe('lessons', () => {
  it('rename, merge, forget and join', () => {
    const { file } = taughtCat();
    const named = engine.teach(file, { kind: 'rename', from: '我家的猫', to: '小花' });
    expect(named.categories.map(({ id }) => id)).toEqual(['taught:小花']);
    const both = engine.teach(named.file, { kind: 'join', file });
    expect(both.categories.map(({ name }) => name)).toEqual(['小花', '我家的猫']);
    const one = engine.teach(both.file, { kind: 'merge', from: '小花', into: '我家的猫' });
    expect(one.categories).toMatchObject([{ name: '我家的猫', examples: 2 }]);
    const none = engine.teach(one.file, { kind: 'forget', name: '我家的猫' });
    expect(none.categories).toEqual([]);
  });

  it('refuse damaged files, and those of other models', () => {
    const { file } = taughtCat();
    const other = core.newTaught('lite2 1.0.0', 1408);
    const theirs = other.write();
    other.dispose();
    const join = (bytes: Uint8Array<ArrayBuffer>) => () =>
      engine.teach(file, { kind: 'join', file: bytes });
    expect(codeOf(join(theirs))).toBe('model-mismatch');
    expect(codeOf(join(file.slice(0, -1)))).toBe('invalid-taught');
    expect(codeOf(join(new Uint8Array()))).toBe('invalid-taught');
  });

  it('follow one another, and one that fails changes nothing', async () => {
    const lessons = new Lessons(async (file, lesson) => engine.teach(file, lesson));
    const examples = [cat.features as Float32Array];
    const taken = [
      lessons.take({ kind: 'add', name: '甲', examples, not: false }),
      lessons.take({ kind: 'forget', name: '不在' }),
      lessons.take({ kind: 'add', name: '乙', examples, not: false }),
    ];
    const settled = await Promise.allSettled(taken);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(lessons.categories.map(({ name }) => name)).toEqual(['甲', '乙']);
    const file = await lessons.whole();
    expect(file).toEqual(lessons.file);
  });
});

describe('a model with what it was taught built in', () => {
  const own = { labels: undefined, manifest: undefined };
  const lite0 = async () =>
    new Blob([Uint8Array.from(await read('models/bundles/lite0/lite0.onnx'))]);

  it('answers as the one that was taught, and can be taught again', async () => {
    const { file } = taughtCat();
    engine.know(file);
    const taught = await look('chelsea', { topK: 2000 });
    engine.know(undefined);
    const model = await engine.bake({ file: await lite0(), ...own }, file);
    const baked = await Engine.create(
      core,
      openShiwuRunner,
      { engine: 'shiwu' },
      { file: model, ...own },
    );
    const bytes = toArrayBuffer(await read('tests/fixtures/photos/chelsea.png'));
    const payload = { kind: 'bytes', bytes } as const;
    const settings = { ...SETTINGS, topK: 2000 };
    const { predictions, answer } = await baked.classify(payload, settings, 0, async () => {});
    const scores = new Map(predictions.map(({ id, score }) => [id, score]));
    expect(scores.size).toBe(1001);
    for (const { id, score } of taught.predictions) {
      expect(Math.abs((scores.get(id) ?? 0) - score)).toBeLessThan(1e-4);
    }
    expect(answer).toMatchObject({ kind: 'class', id: 'taught:我家的猫' });
    expect(answer.path.map(({ id }) => id)).toEqual(['taught']);
    expect(baked.info.model).toMatchObject({ id: 'lite0-taught', classes: 1001, maps: true });
    const more = baked.teach(undefined, {
      kind: 'add',
      name: '我家的猫',
      examples: [cat.features as Float32Array],
      not: false,
    });
    const twice = await baked.bake({ file: model, ...own }, more.file);
    const again = await Engine.create(
      core,
      openShiwuRunner,
      { engine: 'shiwu' },
      { file: twice, ...own },
    );
    expect(again.info.model).toMatchObject({ id: 'lite0-taught', classes: 1002 });
    await again.dispose();
    await baked.dispose();
    expect(core.liveAllocations).toBe(atRest);
  });

  it('is refused where nothing is taught, or the file is another', async () => {
    const { file } = engine.teach(undefined, { kind: 'nothing' });
    const bake = (blob: Blob, taught = taughtCat().file) =>
      engine.bake({ file: blob, ...own }, taught);
    await expect(bake(await lite0(), file)).rejects.toMatchObject({ code: 'invalid-argument' });
    const whole = await lite0();
    await expect(bake(whole.slice(0, 1e6))).rejects.toMatchObject({ code: 'invalid-model' });
    await expect(bake(new Blob([]))).rejects.toMatchObject({ code: 'invalid-model' });
    const tiny = new Blob([Uint8Array.from(await read('tests/fixtures/onnx/tiny.onnx'))]);
    await expect(bake(tiny)).rejects.toMatchObject({ code: 'invalid-model' });
    expect(core.liveAllocations).toBe(atRest);
  });
});

describe('pictures that look alike', () => {
  it('are found by the cosine of their embeddings', async () => {
    const coffee = await look('coffee', { features: true });
    const vectors = [cat, coffee].map(({ features }) => core.toLevels(features as Float32Array));
    const [own, other] = vectors as [Int8Array, Int8Array];
    const all = new Int8Array([...own, ...other]);
    const likeness = core.likeness(all, own);
    const dot = (a: Int8Array, b: Int8Array) => a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
    expect(likeness[0]).toBe(1);
    expect(likeness[1]).toBe(
      Math.fround(dot(own, other) / Math.sqrt(dot(own, own) * dot(other, other))),
    );
    expect(codeOf(() => core.likeness(all, all.subarray(0, 7)))).toBe('invalid-argument');
  });

  it('come as levels where they are asked for, and are searched and put together by them', async () => {
    const { levels, features } = await look('chelsea', { levels: true });
    expect(features).toBeUndefined();
    expect(levels).toEqual(core.toLevels(cat.features as Float32Array));
    const one = levels as Int8Array;
    const coffee = (await look('coffee', { levels: true })).levels as Int8Array;
    const all = new Int8Array([...coffee, ...one, ...one]);
    const near = engine.nearest({ one, levels: all, limit: 2, least: 0.35 });
    expect(near).toEqual([
      { index: 1, score: 1 },
      { index: 2, score: 1 },
    ]);
    expect(engine.nearest({ one, levels: new Int8Array(), limit: 2, least: 0 })).toEqual([]);
    const size = one.length;
    const group = (tags: number[]) =>
      engine.groupAlike({ levels: all, size, tags: Int32Array.from(tags), least: 0.85 });
    expect([...group([])]).toEqual([0, 1, 1]);
    expect([...group([0, 0, 1])]).toEqual([0, 1, 2]);
    expect(codeOf(() => group([0, 0, 9]))).toBe('invalid-argument');
    expect(core.liveAllocations).toBe(atRest);
  });
});

/** The network's own logit of a class, for the cat. */
async function logitOf(index: number): Promise<number> {
  const { logits } = await goldenOf('chelsea');
  return logits[index] as number;
}
