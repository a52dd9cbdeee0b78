// HEIC by libheif-js, in Chromium, which cannot read it: under the policy that shiwu itself needs,
// without a bundler (the library from an address) and with one.
import { copyFileSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { build } from 'esbuild';
import { serve } from '../support/serve.mjs';
import { CATS } from './support/photos.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const LIBRARY = '/node_modules/libheif-js/libheif-wasm/libheif-bundle.mjs';
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src data:";

type Heic = typeof import('../../web/src/heic/index.js');
type Library = typeof import('../../web/src/index.js');
declare global {
  interface Window {
    heicDecoder: Heic['heicDecoder'];
    createClassifier: Library['createClassifier'];
    heicFile(name: string): Promise<Blob>;
    /** The code of the error, or what came. */
    outcome<T>(promise: Promise<T>): Promise<T | string>;
  }
}

let server: Awaited<ReturnType<typeof serve>>;
test.beforeAll(async () => {
  server = await serve(root, { headers: { 'content-security-policy': POLICY } });
});
test.afterAll(() => server.close());

let complaints: string[];
test.beforeEach(({ page }) => {
  complaints = [];
  page.on('console', (message) => complaints.push(message.text()));
});

async function open(page: Page, heic = '/dist/heic.js') {
  await page.goto(server.url);
  await page.evaluate(async (heicUrl) => {
    const url = '/dist/index.js';
    window.createClassifier = ((await import(url)) as Library).createClassifier;
    window.heicDecoder = ((await import(heicUrl)) as Heic).heicDecoder;
    window.heicFile = async (name) => (await fetch(`/tests/fixtures/${name}`)).blob();
    window.outcome = (promise) =>
      promise.catch((error: Error & { code?: string }) => String(error.code ?? error));
  }, heic);
}

const decoders = (page: Page) => page.workers().filter((each) => each.url().includes('heic'));

test('a photo of HEIC is named, turned once, from whatever holds it', async ({ page }) => {
  await open(page);
  const idle = decoders(page).length;
  const seen = await page.evaluate(async (library) => {
    const classifier = await window.createClassifier({
      heic: window.heicDecoder({ url: library }),
    });
    const [blob, turned] = await Promise.all(
      ['encoded/chelsea.heic', 'encoded/chelsea-turned.heic'].map((name) => window.heicFile(name)),
    );
    if (!blob || !turned) throw new Error();
    const bytes = new Uint8Array(await blob.arrayBuffer());
    const inputs = [blob, turned, bytes, '/tests/fixtures/encoded/chelsea.heic'];
    const results = [];
    for (const input of inputs) {
      const started = performance.now();
      const { predictions, image, timings } = await classifier.classify(input);
      const took = performance.now() - started;
      results.push({ first: predictions[0]?.id, image, timings, took });
    }
    return { results, left: bytes.length };
  }, LIBRARY);
  expect(idle).toBe(0);
  expect(seen.left).toBe(67287);
  for (const { first, image, timings, took } of seen.results) {
    expect(CATS).toContain(first);
    expect(image).toEqual({
      width: 451,
      height: 300,
      orientation: 1,
      decoder: 'heic',
      truncated: false,
    });
    expect(timings.decode).toBeGreaterThan(5);
    const { total, engine, ...arrows } = timings;
    expect(engine).toBe('shiwu');
    const sum = Object.values(arrows).reduce((a, b) => a + b, 0);
    expect(Math.abs(sum - total)).toBeLessThan(1);
    expect(total).toBeLessThan(took + 1);
  }
  expect(decoders(page)).toHaveLength(1);
  // No eval, no stylesheet, nothing from elsewhere: the policy had nothing to complain of.
  expect(complaints).toEqual([]);
});

test('pixels are those of the PNG, but for the compression', async ({ page }) => {
  await open(page);
  const worst = await page.evaluate(async (library) => {
    const decode = window.heicDecoder({ url: library });
    const context = new OffscreenCanvas(451, 300).getContext('2d');
    if (!context) throw new Error('no canvas');
    context.drawImage(await createImageBitmap(await window.heicFile('photos/chelsea.png')), 0, 0);
    const { data: truth } = context.getImageData(0, 0, 451, 300);
    const means = [];
    for (const name of ['encoded/chelsea.heic', 'encoded/chelsea-turned.heic']) {
      const file = new Uint8Array(await (await window.heicFile(name)).arrayBuffer());
      const { data } = await decode(file);
      let sum = 0;
      for (let i = 0; i < data.length; i++) sum += Math.abs((data[i] ?? 0) - (truth[i] ?? 0));
      means.push(sum / data.length);
    }
    return Math.max(...means);
  }, LIBRARY);
  expect(worst).toBeLessThan(3);
});

test('without a decoder, or with a broken one or file, the error says which', async ({ page }) => {
  await open(page);
  const codes = await page.evaluate(async (library) => {
    const { heicDecoder, outcome } = window;
    const blob = await window.heicFile('encoded/chelsea.heic');
    const ask = async (heic?: ReturnType<Heic['heicDecoder']>, file: Blob = blob, rest = {}) => {
      const classifier = await window.createClassifier({ ...(heic ? { heic } : {}), ...rest });
      const result = await outcome(classifier.classify(file));
      await classifier.dispose();
      return typeof result === 'string' ? result : 'named';
    };
    const decoder = heicDecoder({ url: library });
    const broken = new Uint8Array(await blob.arrayBuffer());
    broken.fill(0, 40, 60);
    return {
      none: await ask(),
      noLibrary: await ask(heicDecoder({ url: '/nowhere.mjs' })),
      noBundler: await ask(heicDecoder()),
      cut: await ask(decoder, blob.slice(0, 30_000)),
      broken: await ask(decoder, new Blob([broken])),
      large: await ask(decoder, blob, { maxPixels: 100_000 }),
      own: await ask(() => Promise.reject(new Error('on purpose'))),
      afterwards: await ask(decoder),
      png: await ask(decoder, await window.heicFile('photos/chelsea.png')),
    };
  }, LIBRARY);
  expect(codes).toEqual({
    none: 'needs-decoder',
    noLibrary: 'needs-decoder',
    noBundler: 'needs-decoder',
    cut: 'truncated-image',
    broken: 'corrupt-image',
    large: 'image-too-large',
    own: 'corrupt-image',
    afterwards: 'named',
    png: 'named',
  });
});

test('an abort ends the decoding; idle time ends the worker; the next call starts one', async ({
  page,
}) => {
  await page.clock.install();
  await open(page);
  await page.evaluate((library) => {
    Object.assign(window, { decode: window.heicDecoder({ url: library }) });
  }, LIBRARY);
  const decode = (abortAfter?: number) =>
    page.evaluate(async (ms) => {
      const { decode } = window as unknown as { decode: ReturnType<Heic['heicDecoder']> };
      const file = new Uint8Array(
        await (await window.heicFile('encoded/chelsea.heic')).arrayBuffer(),
      );
      const controller = new AbortController();
      const decoding = decode(file, { signal: controller.signal });
      if (ms !== undefined) controller.abort();
      const result = await window.outcome(decoding);
      return typeof result === 'string' ? result : `${result.width}x${result.height}`;
    }, abortAfter);
  expect(await decode()).toBe('451x300');
  expect(decoders(page)).toHaveLength(1);
  await page.clock.fastForward(20_000);
  expect(decoders(page)).toHaveLength(1);
  await page.clock.fastForward(11_000);
  await expect.poll(() => decoders(page).length).toBe(0);
  expect(await decode()).toBe('451x300');
  expect(await decode(0)).toBe('aborted');
  await expect.poll(() => decoders(page).length).toBe(0);
  expect(await decode()).toBe('451x300');
});

test('a bundler finds the library by itself', async ({ page }) => {
  const out = 'build/e2e-heic';
  mkdirSync(`${root}${out}`, { recursive: true });
  copyFileSync(`${root}dist/heic.js`, `${root}${out}/heic.js`);
  await build({
    entryPoints: [`${root}dist/heic-worker.js`],
    outfile: `${root}${out}/heic-worker.js`,
    bundle: true,
    format: 'esm',
    logLevel: 'error',
  });
  await open(page, `/${out}/heic.js`);
  const size = await page.evaluate(async () => {
    const file = new Uint8Array(
      await (await window.heicFile('encoded/chelsea.heic')).arrayBuffer(),
    );
    const { width, height } = await window.heicDecoder()(file);
    return `${width}x${height}`;
  });
  expect(size).toBe('451x300');
  expect(complaints).toEqual([]);
});
