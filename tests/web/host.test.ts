// What is shared, and when WebGPU takes over: with workers that say what a test wants them to.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Asset } from '../../web/src/assets/locate.js';
import { createClassifierOn } from '../../web/src/classifier.js';
import { ShiwuError } from '../../web/src/errors.js';
import type { Platform, WorkerEvents } from '../../web/src/platform/platform.js';
import type { Backend, ClassifierInfo, ClassifierOptions } from '../../web/src/types.js';
import type { Response as Reply, Request } from '../../web/src/worker/protocol.js';
import { parcel, resultOf } from './support/fake-worker.js';

/** A module of nothing: magic number and version. */
const EMPTY_WASM = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);

const RIGHT = Float32Array.of(0.7, 0.2, 0.1);

interface World {
  gpu: boolean;
  /** Median milliseconds and scores of a probe. */
  probe: Record<Backend, { ms: number; scores: Float32Array }>;
  /** Thread counts that a worker refuses to start with. */
  refused: number[];
  downloads: string[];
  failDownloads: boolean;
  /** Where the package's files were looked for. */
  bases: (string | undefined)[];
  workers: { backend: Backend; threads: number; ended: boolean; pictures: number }[];
}

let world: World;
let platform: Platform;
beforeEach(() => {
  world = {
    gpu: true,
    probe: { wasm: { ms: 50, scores: RIGHT }, webgpu: { ms: 10, scores: RIGHT } },
    refused: [],
    downloads: [],
    failDownloads: false,
    bases: [],
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
    hasWebGpu: async () => here.gpu,
    resolve: (url) => `resolved:${url}`,
    locate: (base) => {
      here.bases.push(base);
      return {
        core: asset('core'),
        runtime: asset('runtime'),
        webgpuRuntime: asset('webgpuRuntime'),
        model: asset('model'),
        threadsGlue: 'glue',
      };
    },
    load: async (assets, { onBytes }) => {
      here.downloads.push(...assets.map(({ url }) => url));
      if (here.failDownloads) throw new ShiwuError('network');
      onBytes(8, 8);
      return assets.map(() => EMPTY_WASM);
    },
    pack: async () => parcel(),
    startWorker: (backend, _base, events) => startWorker(here, backend, events),
  };
}

function startWorker(here: World, backend: Backend, { onReply }: WorkerEvents) {
  const me = { backend, threads: 0, ended: false, pictures: 0 };
  here.workers.push(me);
  const load = (threads: number, id: number): Reply => {
    me.threads = threads;
    if (here.refused.includes(threads)) {
      return { type: 'failed', id, error: { code: 'invalid-model', detail: 'refused' } };
    }
    const info = { backend, threads } as ClassifierInfo;
    return { type: 'loaded', id, loaded: { info, warnings: [] } };
  };
  const answer = (message: Exclude<Request, { type: 'cancel' }>): Reply => {
    const { id } = message;
    switch (message.type) {
      case 'load':
        return load(message.parts.runtime.threads, id);
      case 'probe':
        return { type: 'probed', id, probed: here.probe[backend] };
      case 'classify':
        me.pictures++;
        return { type: 'classified', id, result: resultOf(backend) };
    }
  };
  return {
    post: (message: Request) => {
      if (message.type === 'cancel') return;
      queueMicrotask(() => {
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
    ...options,
  });
  return { classifier, warnings };
}

const alive = () => world.workers.filter(({ ended }) => !ended);
const picture = new Blob(['x']);

describe('webgpu', () => {
  it('is used when it is right and faster', async () => {
    const { classifier, warnings } = await create({ backend: 'webgpu' });
    expect(classifier.info.backend).toBe('webgpu');
    expect((await classifier.classify(picture)).predictions[0]?.label).toBe('webgpu');
    expect(warnings).toEqual([]);
    await classifier.dispose();
    expect(alive()).toEqual([]);
  });

  it.each([
    ['slower', { ms: 60, scores: RIGHT }, 'it takes 60 ms where wasm takes 50'],
    ['as slow', { ms: 50, scores: RIGHT }, 'it takes 50 ms where wasm takes 50'],
    ['wrong', { ms: 1, scores: Float32Array.of(0.2, 0.7, 0.1) }, 'a score is off by 0.50'],
  ])('is dropped when it is %s', async (_, probe, reason) => {
    world.probe.webgpu = probe;
    const { classifier, warnings } = await create({ backend: 'webgpu' });
    expect(classifier.info.backend).toBe('wasm');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(reason);
    expect(alive().map(({ backend }) => backend)).toEqual(['wasm']);
    await classifier.dispose();
  });

  it('is not even downloaded without a GPU', async () => {
    world.gpu = false;
    const { classifier, warnings } = await create({ backend: 'webgpu' });
    expect(world.downloads).toEqual(['core', 'runtime', 'model']);
    expect(warnings).toEqual(['WebGPU is not used: Error: the browser offers no GPU']);
    await classifier.dispose();
  });

  it('takes over from wasm later, when auto is wished', async () => {
    const { classifier } = await create({ backend: 'auto' });
    expect(classifier.info.backend).toBe('wasm');
    await expect.poll(() => classifier.info.backend).toBe('webgpu');
    await expect.poll(() => alive().map(({ backend }) => backend)).toEqual(['webgpu']);
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
