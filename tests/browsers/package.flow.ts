// The package by itself, in a page that is cut off from other origins.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Classification, Prediction } from '../../web/src/index.js';
import { chelsea } from '../e2e/support/photos.js';
import { serve } from '../support/serve.mjs';
import { fixture } from './photos.js';
import { expect, test as plain } from './test.js';

type Library = typeof import('../../web/src/index.js');

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Address of an empty page beside the package's files. */
const test = plain.extend<{ address: string }>({
  address: async ({ driver: _ }, use) => {
    const server = await serve(root);
    await use(server.url);
    server.close();
  },
});

const base64 = (name: string) => readFileSync(fixture(name)).toString('base64');

test('every orientation that EXIF knows, in WebP, JPEG and PNG', async ({ tab, address }) => {
  await tab.open(address);
  const names = ['webp', 'png', 'jpg'].flatMap((ending) =>
    Array.from({ length: 8 }, (_, i) => `orientation/${i + 1}-${i % 2 ? 'be' : 'le'}.${ending}`),
  );
  const seen = await tab.evaluate(async (files) => {
    const url = '/dist/index.js';
    const { createClassifier } = (await import(url)) as Library;
    const classifier = await createClassifier();
    const rows: [size: string, top: string, score: number][] = [];
    for (const file of files) {
      const bytes = Uint8Array.from(atob(file), (character) => character.charCodeAt(0));
      const { image, predictions } = await classifier.classify(new Blob([bytes]));
      const ids = predictions.map(({ id }) => id).join(' ');
      rows.push([`${image.width}x${image.height}`, ids, predictions[0]?.score ?? 0]);
    }
    await classifier.dispose();
    return rows;
  }, names.map(base64));
  expect(seen).toHaveLength(24);
  const [first] = seen;
  for (const [i, [size, top, score]] of seen.entries()) {
    expect(size, names[i]).toBe('26x18');
    // PNG and WebP hold the same pixels; JPEG turns them into others.
    if (i >= 16) continue;
    expect(top, names[i]).toBe(first?.[1]);
    expect(Math.abs(score - (first?.[2] ?? 0)), names[i]).toBeLessThan(1e-6);
  }
});

test('the element names what is chosen in it', async ({ tab, visitor, address }) => {
  await tab.open(address);
  await tab.evaluate(async (photo) => {
    document.body.innerHTML = '<main><shiwu-classifier></shiwu-classifier></main>';
    const url = '/dist/element.js';
    await import(url);
    addEventListener('shiwu-result', (event) => {
      const { predictions } = (event as CustomEvent<Classification>).detail;
      document.body.dataset.first = (predictions[0] as Prediction).id;
    });
    const input = document
      .querySelector('shiwu-classifier')
      ?.shadowRoot?.querySelector<HTMLInputElement>('input[type=file]');
    const bytes = Uint8Array.from(atob(photo), (character) => character.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], 'chelsea.png', { type: 'image/png' }));
    if (!input) throw new Error('no input in the element');
    input.files = transfer.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  }, chelsea.buffer.toString('base64'));
  // Egyptian cat: PyTorch's first answer with these weights.
  await expect.poll(() => visitor.attribute('body', 'data-first')).toBe('n02124075');
});

test('ONNX Runtime answers as our own engine does', async ({ tab, address }) => {
  await tab.open(address);
  const [own, ort] = await tab.evaluate(async (photo) => {
    const url = '/dist/index.js';
    const { createClassifier } = (await import(url)) as Library;
    const bytes = Uint8Array.from(atob(photo), (character) => character.charCodeAt(0));
    const answers: { threads: number; ids: string[]; score: number }[] = [];
    for (const engine of ['shiwu', 'ort'] as const) {
      const classifier = await createClassifier({ engine });
      const { predictions } = await classifier.classify(bytes);
      const { threads } = classifier.info;
      const ids = predictions.map(({ id }) => id);
      answers.push({ threads, ids, score: predictions[0]?.score ?? 0 });
      await classifier.dispose();
    }
    return answers;
  }, chelsea.buffer.toString('base64'));
  expect(ort?.ids).toEqual(own?.ids);
  expect(Math.abs((ort?.score ?? 0) - (own?.score ?? 1))).toBeLessThan(1e-4);
});
