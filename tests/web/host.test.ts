// What is shared, and when WebGPU takes over: with workers that say what a test wants them to.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Asset } from '../../web/src/assets/locate.js';
import { createClassifierOn } from '../../web/src/classifier.js';
import { ShiwuError } from '../../web/src/errors.js';
import type { Platform, WorkerEvents, WorkerKind } from '../../web/src/platform/platform.js';
import type { ClassifierInfo, ClassifierOptions } from '../../web/src/types.js';
import {
  isQuestion,
  type Probed,
  type Question,
  type Response as Reply,
  type Request,
} from '../../web/src/worker/protocol.js';
import { parcel, resultOf } from './support/fake-worker.js';

/** A module of nothing: magic number and version. */
const EMPTY_WASM = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);

const RIGHT = Float32Array.of(0.7, 0.2, 0.1);
const LOGITS = Float32Array.of(2, 1, 0);

const probed = (ms: number, scores = RIGHT, logits = LOGITS): Probed => ({
  ms,
  answers: [
    { scores: RIGHT, logits: LOGITS },
    { scores, logits },
  ],
});

interface World {
  gpu: boolean;
  probe: Record<WorkerKind, Probed>;
  /** No worker answers a probe before. */
  probing: Promise<void>;
  /** What our engine says of the model; undefined: it knows it. */
  unknown: string | undefined;
  /** SHA-256 of the bundled model. */
  sha256: string;
  /** Thread counts that a worker refuses to start with. */
  refused: number[];
  downloads: string[];
  failDownloads: boolean;
  /** What a picture is refused with by a worker of this kind. */
  failing: { kind: WorkerKind; code: 'inference-failed' | 'corrupt-image' } | undefined;
  /** Where the package's files were looked for. */
  bases: (string | undefined)[];
  workers: { kind: WorkerKind; threads: number; ended: boolean; pictures: number }[];
  /** Whether each worker was told that its model is one that ships. */
  held: (boolean | undefined)[];
  /** Types of all messages to workers. */
  messages: string[];
}

let world: World;
let platform: Platform;
beforeEach(() => {
  world = {
    gpu: true,
    probe: { shiwu: probed(20), ort: probed(50), 'ort-webgpu': probed(10) },
    probing: Promise.resolve(),
    unknown: undefined,
    sha256: 'held', // as vitest.config.ts says
    refused: [],
    downloads: [],
    failDownloads: false,
    failing: undefined,
    bases: [],
    held: [],
    messages: [],
    workers: [],
  };
  platform = platformOf(world);
});

function platformOf(here: World): Platform {
  const asset = (name: string): Asset => ({ ...({} as Asset), name, url: name });
  return {
    check: () => {},
    cores: 4,
    threads: 2,
    hasThreads: true,
    hasRelaxedSimd: false,
    hasWebGpu: async () => here.gpu,
    resolve: (url) => `resolved:${url}`,
    locate: (base) => {
      here.bases.push(base);
      return {
        core: asset('core'),
        coreRelaxed: asset('coreRelaxed'),
        runtime: asset('runtime'),
        webgpuRuntime: asset('webgpuRuntime'),
        model: { ...asset('model'), plain: { bytes: 8, sha256: here.sha256 } },
        words: asset('words'),
        threadsGlue: 'glue',
      };
    },
    load: async (assets, { onBytes, onFile }) => {
      here.downloads.push(...assets.map(({ url }) => url));
      if (here.failDownloads) throw new ShiwuError('network');
      onBytes(8, 8);
      for (const index of assets.keys()) onFile?.(index, EMPTY_WASM);
      return assets.map(() => EMPTY_WASM);
    },
    blobOf: (bytes) => new Blob([bytes]),
    canSend: () => true,
    pack: async () => parcel(),
    startWorker: (kind, _base, events) => startWorker(here, kind, events),
  };
}

function startWorker(here: World, kind: WorkerKind, { onReply }: WorkerEvents) {
  const me = { kind, threads: 0, ended: false, pictures: 0 };
  const backend = kind === 'ort-webgpu' ? 'webgpu' : 'wasm';
  const engine = kind === 'shiwu' ? 'shiwu' : 'ort';
  here.workers.push(me);
  const load = (threads: number, id: number): Reply => {
    me.threads = threads;
    if (here.refused.includes(threads)) {
      return { type: 'failed', id, error: { code: 'invalid-model', detail: 'refused' } };
    }
    if (engine === 'shiwu' && here.unknown !== undefined) {
      return { type: 'failed', id, error: { code: 'unsupported-model', detail: here.unknown } };
    }
    const info = { engine, backend, threads } as ClassifierInfo;
    return { type: 'loaded', id, loaded: { info, warnings: [] } };
  };
  const answer = (message: Question): Reply => {
    const { id } = message;
    switch (message.type) {
      case 'load':
        here.held.push(message.parts.model.held);
        return load('threads' in message.parts.runtime ? message.parts.runtime.threads : 1, id);
      case 'probe':
        return { type: 'probed', id, probed: here.probe[kind] };
      case 'teach':
        return { type: 'failed', id, error: { code: 'not-teachable', detail: '' } };
      case 'classify':
        me.pictures++;
        if (here.failing?.kind === kind) {
          return { type: 'failed', id, error: { code: here.failing.code, detail: 'lost' } };
        }
        return { type: 'classified', id, result: resultOf(kind) };
      default:
        throw new Error(`nobody asks for ${message.type} here`);
    }
  };
  return {
    post: (message: Request) => {
      here.messages.push(message.type);
      if (!isQuestion(message)) return;
      const ready = message.type === 'probe' ? here.probing : Promise.resolve();
      void ready.then(() => {
        if (!me.ended) onReply(answer(message));
      });
    },
    terminate: () => {
      me.ended = true;
    },
  };
}

async function create(options: ClassifierOptions = {}) {
  const warnings: string[] = [];
  const classifier = await createClassifierOn(platform, {
    onWarning: (message) => warnings.push(message),
    engine: 'ort',
    ...options,
  });
  return { classifier, warnings };
}

const alive = () => world.workers.filter(({ ended }) => !ended);
const picture = new Blob(['x']);

describe("a caller's callback that throws", () => {
  it('is reported once, and neither a load nor an album minds', async () => {
    const reported = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { load } = platform;
    const first = new Error('the progress bar is gone');
    const classifier = await createClassifierOn(
      {
        ...platform,
        load: (assets, options) => {
          options.onBytes(1, 8);
          return load(assets, options);
        },
      },
      {
        engine: 'ort',
        onProgress: () => {
          throw first;
        },
      },
    );
    expect(reported.mock.calls).toEqual([[first]]);
    const inputs = [picture, new Blob(['y'])];
    const answers = [];
    const onProgress = async () => {
      throw new Error('nor is this one heard');
    };
    // oxlint-disable-next-line typescript/no-misused-promises -- that callers do it is what is tested
    for await (const { result } of classifier.classifyMany(inputs, { onProgress })) {
      answers.push(result?.predictions[0]?.label);
    }
    expect(answers).toEqual(['ort', 'ort']);
    expect(reported).toHaveBeenCalledTimes(2);
    await classifier.dispose();
    reported.mockRestore();
  });

  it("leaves the others' alone, and a warning too", async () => {
    const reported = vi.spyOn(console, 'error').mockImplementation(() => {});
    world.gpu = false;
    const heard: string[] = [];
    const [loud, quiet] = await Promise.all([
      create({
        backend: 'webgpu',
        onWarning: () => {
          throw new Error('no log');
        },
      }),
      create({ backend: 'webgpu', onWarning: (message) => heard.push(message) }),
    ]);
    expect(heard).toEqual(['WebGPU is not used: Error: the browser offers no GPU']);
    expect(loud.classifier.info.backend).toBe('wasm');
    expect(reported).toHaveBeenCalledTimes(1);
    await Promise.all([loud.classifier.dispose(), quiet.classifier.dispose()]);
    reported.mockRestore();
  });
});

describe('webgpu', () => {
  it('is used when it is right and faster', async () => {
    const { classifier, warnings } = await create({ backend: 'webgpu' });
    expect(classifier.info.backend).toBe('webgpu');
    expect((await classifier.classify(picture)).predictions[0]?.label).toBe('ort-webgpu');
    expect(warnings).toEqual([]);
    await classifier.dispose();
    expect(alive()).toEqual([]);
  });

  it.each([
    ['slower', probed(60), 'it takes 60 ms where wasm takes 50'],
    ['as slow', probed(50), 'it takes 50 ms where wasm takes 50'],
    ['wrong', probed(1, Float32Array.of(0.2, 0.7, 0.1)), 'a score is off by 0.50'],
  ])('is dropped when it is %s', async (_, probe, reason) => {
    world.probe['ort-webgpu'] = probe;
    const { classifier, warnings } = await create({ backend: 'webgpu' });
    expect(classifier.info.backend).toBe('wasm');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(reason);
    expect(alive().map(({ kind }) => kind)).toEqual(['ort']);
    await classifier.dispose();
  });

  it('is left for good when it fails once, as a lost device does, and what ran before goes on', async () => {
    const { classifier, warnings } = await create({ backend: 'webgpu' });
    world.failing = { kind: 'ort-webgpu', code: 'corrupt-image' };
    await expect(classifier.classify(picture)).rejects.toMatchObject({ code: 'corrupt-image' });
    expect(classifier.info.backend).toBe('webgpu');
    world.failing = { kind: 'ort-webgpu', code: 'inference-failed' };
    await expect(classifier.classify(picture)).rejects.toMatchObject({ code: 'inference-failed' });
    expect(classifier.info).toMatchObject({
      backend: 'wasm',
      engineReason: expect.stringMatching(/^WebGPU failed: .*lost/) as unknown,
    });
    expect(warnings).toEqual([expect.stringMatching(/^WebGPU is not used any more: .*lost/)]);
    expect((await classifier.classify(picture)).predictions[0]?.label).toBe('ort');
    await expect.poll(() => alive().map(({ kind }) => kind)).toEqual(['ort']);
    await classifier.dispose();
    expect(alive()).toEqual([]);
  });

  it('is not even downloaded without a GPU', async () => {
    world.gpu = false;
    const { classifier, warnings } = await create({ backend: 'webgpu' });
    expect(world.downloads).toEqual(['core', 'model', 'runtime']);
    expect(warnings).toEqual(['WebGPU is not used: Error: the browser offers no GPU']);
    await classifier.dispose();
  });

  it('takes over from wasm later, when auto is wished', async () => {
    const { classifier } = await create({ backend: 'auto' });
    expect(classifier.info.backend).toBe('wasm');
    await expect.poll(() => classifier.info.backend).toBe('webgpu');
    await expect.poll(() => alive().map(({ kind }) => kind)).toEqual(['ort-webgpu']);
    await classifier.dispose();
    expect(alive()).toEqual([]);
  });

  it('leaves nothing behind when the classifier goes during the check', async () => {
    const { classifier, warnings } = await create({ backend: 'auto' });
    await classifier.dispose();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(alive()).toEqual([]);
    expect(warnings).toEqual([]);
  });
});

describe('engine', () => {
  it('auto runs a model that was held to ONNX Runtime on ours, and never loads the other', async () => {
    const { classifier, warnings } = await create({ engine: 'auto' });
    expect(classifier.info).toMatchObject({ engine: 'shiwu', threads: 1 });
    expect(classifier.info.engineReason).toBe('held to ONNX Runtime');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(world.downloads).toEqual(['core', 'model']);
    expect(world.workers.map(({ kind }) => kind)).toEqual(['shiwu']);
    expect(world.held).toEqual([true]);
    expect(warnings).toEqual([]);
    await classifier.dispose();
    expect(alive()).toEqual([]);
  });

  it('takes the core with relaxed SIMD where there is such', async () => {
    platform = { ...platform, hasRelaxedSimd: true };
    const { classifier } = await create({ engine: 'shiwu' });
    expect(world.downloads).toEqual(['coreRelaxed', 'model']);
    await classifier.dispose();
  });

  it('starts the worker with the core while the model is on its way', async () => {
    let arrive = () => {};
    const { load } = platform;
    platform = {
      ...platform,
      load: async (assets, options) => {
        options.onFile?.(0, EMPTY_WASM);
        await new Promise<void>((resolve) => {
          arrive = resolve;
        });
        return load(assets, { ...options, onFile: () => {} });
      },
    };
    const creating = create({ engine: 'auto' });
    await expect.poll(() => world.messages).toEqual(['prepare']);
    arrive();
    const { classifier } = await creating;
    expect(world.messages).toEqual(['prepare', 'load']);
    expect(world.workers).toHaveLength(1);
    await classifier.dispose();
  });

  it('leaves no worker behind when the model does not arrive', async () => {
    world.failDownloads = true;
    await expect(create({ engine: 'auto' })).rejects.toMatchObject({ code: 'network' });
    expect(world.workers).toHaveLength(1);
    expect(alive()).toEqual([]);
  });

  it('ours alone says what it does not know', async () => {
    world.unknown = 'operator Resize';
    await expect(create({ engine: 'shiwu' })).rejects.toMatchObject({
      code: 'unsupported-model',
      detail: 'operator Resize',
    });
    expect(world.downloads).toEqual(['core', 'model']);
    expect(alive()).toEqual([]);
  });

  it('auto falls back to ONNX Runtime with a warning when a held model is refused', async () => {
    world.unknown = 'operator Resize';
    const { classifier, warnings } = await create({ engine: 'auto' });
    expect(classifier.info).toMatchObject({ engine: 'ort', engineReason: 'operator Resize' });
    expect(warnings).toEqual(["ONNX Runtime instead of shiwu's own engine: operator Resize"]);
    await classifier.dispose();
    expect(alive()).toEqual([]);
  });

  it('auto starts any other model on ONNX Runtime, and changes over when ours is right and faster', async () => {
    const { classifier, warnings } = await create({ engine: 'auto', model: 'own.onnx' });
    expect(classifier.info.engine).toBe('ort');
    await expect.poll(() => classifier.info.engine).toBe('shiwu');
    expect(classifier.info.engineReason).toBe("gave ONNX Runtime's answers, sooner");
    expect((await classifier.classify(picture)).predictions[0]?.label).toBe('shiwu');
    await expect.poll(() => alive().map(({ kind }) => kind)).toEqual(['shiwu']);
    expect(world.held).toEqual([false, false]);
    expect(warnings).toEqual([]);
    await classifier.dispose();
    expect(alive()).toEqual([]);
  });

  it.each([
    ['slower', probed(60), 'it takes 60 ms where ONNX Runtime takes 50'],
    ['wrong on its second input', probed(1, RIGHT, Float32Array.of(2, 1, 0.001)), 'off by 0.00050'],
  ])('auto stays when ours is %s, and info says why', async (_, probe, reason) => {
    world.probe.shiwu = probe;
    const { classifier } = await create({ engine: 'auto', model: 'own.onnx' });
    await expect.poll(() => classifier.info.engineReason).toContain(reason);
    expect(classifier.info.engine).toBe('ort');
    expect(alive().map(({ kind }) => kind)).toEqual(['ort']);
    await classifier.dispose();
  });

  it('auto changes over though a picture that came meanwhile is given up', async () => {
    let probed = () => {};
    world.probing = new Promise((resolve) => {
      probed = resolve;
    });
    const { classifier } = await create({ engine: 'auto', model: 'own.onnx' });
    await expect.poll(() => world.messages).toContain('probe');
    const stop = new AbortController();
    const given = classifier.classify(picture, { signal: stop.signal });
    setTimeout(() => stop.abort());
    await expect(given).rejects.toMatchObject({ code: 'aborted' });
    // As long as a worker that is deep in something is left alive.
    await new Promise((resolve) => setTimeout(resolve, 200));
    probed();
    await expect.poll(() => classifier.info.engine).toBe('shiwu');
    await classifier.dispose();
    expect(alive()).toEqual([]);
  });

  it('auto stays quietly when ours does not know the model', async () => {
    world.unknown = 'Conv in groups';
    const { classifier, warnings } = await create({ engine: 'auto', model: 'own.onnx' });
    await expect.poll(() => classifier.info.engineReason).toBe('Conv in groups');
    expect(classifier.info.engine).toBe('ort');
    expect(warnings).toEqual([]);
    await classifier.dispose();
  });

  it('WebGPU has to beat whichever runs', async () => {
    const { classifier, warnings } = await create({ engine: 'auto', backend: 'webgpu' });
    expect(classifier.info).toMatchObject({ engine: 'ort', backend: 'webgpu' });
    expect(world.downloads).toEqual(['core', 'model', 'webgpuRuntime']);
    expect(warnings).toEqual([]);
    await classifier.dispose();
  });
});

describe('threads', () => {
  it('are as many as the platform says', async () => {
    const { classifier } = await create();
    expect(classifier.info.threads).toBe(2);
    await classifier.dispose();
  });

  it('fall back to one where several are refused, with a warning', async () => {
    world.refused = [2];
    const { classifier, warnings } = await create();
    expect(classifier.info.threads).toBe(1);
    expect(warnings[0]).toMatch(/^One thread instead of 2:/);
    expect(alive()).toHaveLength(1);
    await classifier.dispose();
  });
});

describe('sharing', () => {
  it('loads equal wishes once, other wishes anew', async () => {
    const [a, b, c] = await Promise.all([create(), create(), create({ model: 'own.onnx' })]);
    expect(world.downloads.filter((url) => url === 'runtime')).toHaveLength(2);
    expect(world.downloads).toContain('resolved:own.onnx');
    await a.classifier.dispose();
    expect(alive()).toHaveLength(2);
    await b.classifier.dispose();
    expect(alive()).toHaveLength(1);
    await c.classifier.dispose();
    expect(alive()).toEqual([]);
  });

  it('tells files apart by identity', async () => {
    const file = new Blob(['model']);
    const all = await Promise.all([
      create({ model: file }),
      create({ model: file }),
      create({ model: new Blob(['model']) }),
    ]);
    expect(world.workers).toHaveLength(2);
    for (const { classifier } of all) await classifier.dispose();
    expect(alive()).toEqual([]);
  });

  it('a failed load can be tried again', async () => {
    world.failDownloads = true;
    await expect(create()).rejects.toMatchObject({ code: 'network' });
    world.failDownloads = false;
    const { classifier } = await create();
    await classifier.dispose();
  });

  it('disposing twice takes nobody else with it', async () => {
    const [a, b] = [await create(), await create()];
    await a.classifier.dispose();
    await a.classifier.dispose();
    expect((await b.classifier.classify(picture)).predictions).toHaveLength(1);
    await b.classifier.dispose();
  });
});

it('the folder of the assets is one with and without a slash at its end', async () => {
  for (const assetBase of ['/shiwu', '/shiwu/']) {
    const { classifier } = await create({ assetBase });
    await classifier.dispose();
  }
  expect(world.bases).toEqual(['resolved:/shiwu/', 'resolved:/shiwu/']);
});

describe('options out of range are refused', () => {
  it.each([
    { threads: 0 },
    { threads: 1.5 },
    { threads: 17 },
    { idleTimeout: -1 },
    { idleTimeout: Number.NaN },
    { maxPixels: 0 },
    { backend: 'webgl' },
    { engine: 'tflite' },
    { engine: 'shiwu', backend: 'webgpu' },
    { model: 5 },
  ])('%j', async (options) => {
    await expect(create(options as ClassifierOptions)).rejects.toMatchObject({
      code: 'invalid-argument',
    });
    expect(world.downloads).toEqual([]);
  });

  it.each([{ concurrency: 0 }, { concurrency: 2.5 }, { order: 'any' }, { topK: 0 }])(
    'classifyMany %j',
    async (options) => {
      const { classifier } = await create();
      const call = () => classifier.classifyMany([picture], options as object);
      expect(call).toThrow(expect.objectContaining({ code: 'invalid-argument' }) as Error);
      await classifier.dispose();
    },
  );
});
