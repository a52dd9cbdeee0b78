// Nothing but ShiwuError leaves the library: every public call, on platforms that fail in every way.
import { type ConsoleMessage, expect, type Page, test } from '@playwright/test';
import { EMPTY, type Host, serveHost } from './support/hosts.js';

type Library = typeof import('../../web/src/index.js');
type Heic = typeof import('../../web/src/heic/index.js');
type Coi = typeof import('../../web/src/coi/index.js');
type Element = import('../../web/src/element/index.js').ShiwuClassifierElement;

interface Failing {
  /** Runs in the page before all else, or where `worker` is set in the workers. */
  readonly script: string;
  readonly worker?: boolean;
  /** What becomes of `createClassifier()`, and of `classify` with a PNG; 'resolved' or a code. */
  readonly loads: string;
  readonly names?: string;
}

const rejects = (target: string) =>
  `${target} = async () => { throw new TypeError('on purpose'); };`;
const throws = (target: string) => `${target} = () => { throw new TypeError('on purpose'); };`;
const construct = (name: string) =>
  `globalThis.${name} = class { constructor() { throw new TypeError('on purpose'); } };`;
const getter = (target: string, name: string) =>
  `Object.defineProperty(${target}, '${name}', { get() { throw new DOMException('on purpose', 'SecurityError'); } });`;
const gone = (target: string, name: string) =>
  `Object.defineProperty(${target}, '${name}', { value: undefined, configurable: true });`;

const PLATFORMS: Record<string, Failing> = {
  'as it should be': { script: '', loads: 'resolved', names: 'resolved' },
  'fetch rejects': { script: rejects('fetch'), loads: 'network' },
  'fetch throws at once': { script: throws('fetch'), loads: 'network' },
  'fetch answers 500': {
    script: "fetch = async () => new Response('', { status: 500 });",
    loads: 'network',
  },
  'a body breaks off': {
    script: `const real = fetch; fetch = async (...all) => {
      const { headers, status } = await real(...all);
      const body = new ReadableStream({ pull: (c) => c.error(new Error('on purpose')) });
      return new Response(body, { headers, status });
    };`,
    loads: 'truncated-download',
  },
  'Worker throws': { script: construct('Worker'), loads: 'worker-crashed' },
  'Worker is missing': { script: gone('globalThis', 'Worker'), loads: 'unsupported-environment' },
  'Worker cannot be replaced': {
    script:
      "Object.defineProperty(globalThis, 'Worker', { writable: false, configurable: false });",
    loads: 'resolved',
    names: 'resolved',
  },
  'a worker throws at its start': {
    worker: true,
    script: "throw new Error('on purpose');",
    loads: 'worker-crashed',
  },
  'a worker cannot post': {
    worker: true,
    script: `const post = self.postMessage.bind(self); self.postMessage = (message) => {
      if (typeof message === 'object' && message.type === 'classified') throw new DOMException('on purpose', 'DataCloneError');
      post(message);
    };`,
    loads: 'resolved',
    names: 'inference-failed',
  },
  'WebAssembly.compile rejects': {
    script: rejects('WebAssembly.compile'),
    loads: 'blocked-by-policy',
  },
  'WebAssembly.compile has no memory': {
    script: "WebAssembly.compile = async () => { throw new RangeError('Out of memory'); };",
    loads: 'out-of-memory',
  },
  'WebAssembly is missing': {
    script: 'delete globalThis.WebAssembly;',
    loads: 'blocked-by-policy',
  },
  'WebAssembly.validate throws': {
    script: throws('WebAssembly.validate'),
    loads: 'unsupported-environment',
  },
  'WebAssembly.instantiate rejects in the worker': {
    worker: true,
    script: rejects('WebAssembly.instantiate'),
    loads: 'inference-failed',
  },
  'WebAssembly.instantiate has no memory': {
    worker: true,
    script: "WebAssembly.instantiate = async () => { throw new RangeError('Out of memory'); };",
    loads: 'out-of-memory',
  },
  'createImageBitmap rejects': {
    script: rejects('createImageBitmap'),
    loads: 'resolved',
    names: 'resolved',
  },
  'createImageBitmap rejects in the worker': {
    worker: true,
    script: rejects('globalThis.createImageBitmap'),
    loads: 'resolved',
    names: 'resolved',
  },
  'OffscreenCanvas is missing': {
    script: gone('globalThis', 'OffscreenCanvas'),
    loads: 'unsupported-environment',
  },
  'OffscreenCanvas throws': {
    script: construct('OffscreenCanvas'),
    loads: 'resolved',
    names: 'resolved',
  },
  'OffscreenCanvas throws in the worker': {
    worker: true,
    script: construct('OffscreenCanvas'),
    loads: 'resolved',
    names: 'resolved',
  },
  'DecompressionStream is missing': {
    script: gone('globalThis', 'DecompressionStream'),
    loads: 'unsupported-environment',
  },
  'DecompressionStream throws': {
    script: construct('DecompressionStream'),
    loads: 'unsupported-environment',
  },
  'caches may not be looked at': {
    script: getter('globalThis', 'caches'),
    loads: 'resolved',
    names: 'resolved',
  },
  'caches.open rejects': {
    script: rejects('CacheStorage.prototype.open'),
    loads: 'resolved',
    names: 'resolved',
  },
  'the cache reads and writes nothing': {
    script: ['match', 'put', 'delete', 'keys']
      .map((name) => rejects(`Cache.prototype.${name}`))
      .join(''),
    loads: 'resolved',
    names: 'resolved',
  },
  'locks are refused': {
    script: rejects('LockManager.prototype.request'),
    loads: 'resolved',
    names: 'resolved',
  },
  'locks may not be looked at': {
    script: getter('Navigator.prototype', 'locks'),
    loads: 'resolved',
    names: 'resolved',
  },
  'BroadcastChannel throws': {
    script: construct('BroadcastChannel'),
    loads: 'resolved',
    names: 'resolved',
  },
  'indexedDB and localStorage may not be looked at': {
    script: ['indexedDB', 'localStorage', 'sessionStorage']
      .map((name) => getter('globalThis', name))
      .join(''),
    loads: 'resolved',
    names: 'resolved',
  },
  'crypto.subtle is missing': {
    script: gone('Crypto.prototype', 'subtle'),
    loads: 'resolved',
    names: 'resolved',
  },
  'crypto.subtle.digest rejects': {
    script: rejects('SubtleCrypto.prototype.digest'),
    loads: 'resolved',
    names: 'resolved',
  },
  'a file cannot be read': {
    script: rejects('Blob.prototype.arrayBuffer'),
    loads: 'resolved',
    names: 'resolved',
  },
  'a file cannot be read in the worker': {
    worker: true,
    script: rejects('Blob.prototype.arrayBuffer'),
    loads: 'resolved',
    names: 'resolved', // the caller's thread reads it in the worker's place
  },
  'there is no memory for a Blob': {
    script: "globalThis.Blob = class { constructor() { throw new RangeError('on purpose'); } };",
    loads: 'out-of-memory',
  },
  'the GPU refuses': {
    script:
      "Object.defineProperty(Navigator.prototype, 'gpu', { value: { requestAdapter: async () => { throw new Error('on purpose'); } } });",
    loads: 'resolved',
    names: 'resolved',
  },
  'VideoFrame throws': { script: construct('VideoFrame'), loads: 'resolved', names: 'resolved' },
};

interface Outcome {
  readonly call: string;
  /** 'resolved', a code, or what else was thrown. */
  readonly code: string;
}

/** Every public call, with every kind of input; runs in the page. */
async function walk(): Promise<Outcome[]> {
  const at = { index: '/dist/index.js', heic: '/dist/heic.js', coi: '/dist/coi.js' };
  const element = '/dist/element.js';
  const library = (await import(at.index)) as Library;
  const { heicDecoder } = (await import(at.heic)) as Heic;
  const { isolate, unregister } = (await import(at.coi)) as Coi;
  await import(element);
  const { createClassifier, ShiwuError, CORE_ERROR_CODES, HOST_ERROR_CODES } = library;
  const known: readonly string[] = [...CORE_ERROR_CODES, ...HOST_ERROR_CODES];
  const outcomes: Outcome[] = [];
  const look = async (call: string, make: () => unknown): Promise<unknown> => {
    let given: unknown;
    let code = 'resolved';
    try {
      given = await make();
    } catch (error) {
      // The decoder is a bundle of its own, with a ShiwuError of its own.
      const ours = error instanceof ShiwuError || (error as Error)?.name === 'ShiwuError';
      const { code: name } = error as { code: string };
      code = ours && known.includes(name) ? name : `not ours: ${String(error)}`;
    }
    outcomes.push({ call, code });
    return given;
  };
  const { png, webp } = (globalThis as unknown as { pictures: Record<string, Uint8Array> })
    .pictures as { png: Uint8Array<ArrayBuffer>; webp: Uint8Array<ArrayBuffer> };
  const { RealBlob } = globalThis as unknown as { RealBlob: typeof Blob };
  const file = new RealBlob([png]);
  const canvas = document.createElement('canvas');
  const image = new Image();
  image.src = '/tests/fixtures/photos/chelsea.png';
  const video = document.createElement('video');
  const inputs: Record<string, unknown> = {
    png: file,
    webp: new RealBlob([webp]),
    bytes: png,
    buffer: png.buffer,
    address: '/tests/fixtures/photos/chelsea.png',
    nowhere: 'http://[',
    data: 'data:image/png;base64,AAAA',
    object: URL.createObjectURL(file),
    pixels: { data: new Uint8ClampedArray(400), width: 10, height: 10 },
    wide: new ImageData(10, 10, { colorSpace: 'display-p3' }),
    lying: { data: new Uint8ClampedArray(4), width: 10, height: 10 },
    canvas,
    image,
    video,
    nothing: null,
    element: document.body,
  };
  type Classifier = Awaited<ReturnType<Library['createClassifier']>>;
  const options = { onWarning: () => {}, cache: true };
  const open = async (more: object) => {
    const classifier = await createClassifier({ ...options, ...more });
    await classifier.dispose();
  };
  const classifier = (await look('createClassifier', () => createClassifier(options))) as
    | Classifier
    | undefined;
  await look('createClassifier webgpu', () => open({ backend: 'webgpu' }));
  await look('createClassifier own', () =>
    open({ model: '/tests/fixtures/models/nchw.onnx', labels: ['a', 'b', 'c', 'd'] }),
  );
  await look('createClassifier blob', () => open({ model: file }));
  await look('createClassifier nowhere', () => open({ model: 'http://[' }));
  await look('createClassifier base', () => open({ assetBase: 'data:,' }));
  await look('createClassifier null', () => createClassifier(null as never));
  if (classifier) {
    for (const [kind, input] of Object.entries(inputs)) {
      await look(`classify ${kind}`, () => classifier.classify(input as Blob));
    }
    await look('classify null options', () => classifier.classify(file, null as never));
    await look('classifyMany', async () => {
      for await (const { error } of classifier.classifyMany([file, file])) if (error) throw error;
    });
    await look('classifyMany of nothing', async () => {
      for await (const _ of classifier.classifyMany(null as never));
    });
    await look('watch', () => classifier.watch(canvas as never).next());
    await look('aborted', () => classifier.classify(file, { signal: AbortSignal.abort() }));
    await look('dispose', () => classifier.dispose());
    await look('disposed', () => classifier.classify(file));
  }
  await look('heic', () => heicDecoder({ url: '/nowhere.mjs' })(png));
  await look('heic nowhere', () => heicDecoder({ url: 'http://[' })(png));
  await look('isolate', () => isolate({ serviceWorker: 'http://[' }));
  await look('unregister', () => unregister({ serviceWorker: 'http://[' }));
  const shown = document.createElement('shiwu-classifier') as Element;
  document.body.append(shown);
  await look('element', () => shown.classify(file));
  await look('element nowhere', () => shown.classify('http://['));
  shown.setAttribute('model', 'http://[');
  await look('element own', () => shown.classify(file));
  shown.remove();
  return outcomes;
}

/** Before a platform fails: pictures at hand, and what the walk itself needs. */
const PREPARE = `
  globalThis.RealBlob = Blob;
  // Tries that follow one another come at once.
  const later = setTimeout;
  globalThis.setTimeout = (call, ms = 0, ...all) => later(call, ms > 3000 ? ms : ms / 50, ...all);
  globalThis.ready = (async () => {
    const png = new Uint8Array(await (await fetch('/tests/fixtures/photos/chelsea.png')).arrayBuffer());
    const canvas = new OffscreenCanvas(40, 30);
    canvas.getContext('2d').fillRect(0, 0, 20, 30);
    const blob = await canvas.convertToBlob({ type: 'image/webp' });
    globalThis.pictures = { png, webp: new Uint8Array(await blob.arrayBuffer()) };
  })();
`;

async function walkOn(page: Page, site: Host, script: string): Promise<Outcome[]> {
  await page.goto(`${site.origin}/`);
  await page.evaluate(() => (globalThis as unknown as { ready: Promise<void> }).ready);
  await page.evaluate(script);
  return page.evaluate(walk);
}

const SCRIPTS = ['worker.js', 'worker-ort.js', 'worker-webgpu.js', 'heic-url-worker.js'];

for (const [title, { script, worker, loads, names }] of Object.entries(PLATFORMS)) {
  test(title, async ({ page }) => {
    const uncaught: string[] = [];
    page.on('pageerror', (error) => uncaught.push(String(error)));
    page.on('console', (message: ConsoleMessage) => {
      if (/Uncaught \(in promise\)/.test(message.text())) uncaught.push(message.text());
    });
    const before = Object.fromEntries(
      SCRIPTS.map((name) => [`/dist/${name}`, worker ? `{ ${script} }` : '']),
    );
    const site = await serveHost({
      pages: { '/': `${EMPTY}<script src="/prepare.js"></script>` },
      scripts: { '/prepare.js': PREPARE },
      before,
    });
    try {
      const outcomes = await walkOn(page, site, worker ? '' : script);
      const of = (call: string) => outcomes.find((one) => one.call === call)?.code;
      expect(outcomes.filter(({ code }) => code.startsWith('not ours'))).toEqual([]);
      expect(of('createClassifier')).toBe(loads);
      expect(of('classify png')).toBe(names);
      expect(of('aborted')).toBe(names && 'aborted');
      expect(of('disposed')).toBe(names && 'disposed');
      expect(uncaught).toEqual([]);
    } finally {
      await site.close();
    }
  });
}
