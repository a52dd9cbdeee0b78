// The same bytes give the same names in Node and in Chromium, each by its own build of the package.
// By hand, over a folder of photos: SHIWU_PHOTOS=folder npm run test:e2e -- parity.spec.ts
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import type { Prediction } from '../../web/src/node.js';
import { serve } from '../support/serve.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What the scores may differ by: the engines compile the same wasm, each to its own machine code. */
const TOLERANCE = 1e-5;

/** Every way in which the core decodes, at least once; WebP and AVIF are the browser's alone. */
const FIXTURES = [
  'photos/chelsea.png',
  'photos/coffee.png',
  ...['baseline-420-odd.jpg', 'progressive-420.jpg', 'ycck.jpg', 'grey.jpg', 'animation.gif'].map(
    (name) => `decode/${name}`,
  ),
  ...['palette8-trns.png', 'rgba16.png', 'rgb8-1x9-interlaced.png', 'rgb16-565.bmp'].map(
    (name) => `decode/${name}`,
  ),
  ...['orientation/3-le.jpg', 'orientation/6-be.jpg', 'shapes/star.png'],
].map((name) => join(root, 'tests/fixtures', name));

function photos(): string[] {
  const folder = process.env.SHIWU_PHOTOS;
  if (!folder) return FIXTURES;
  return readdirSync(folder)
    .filter((name) => /\.(jpe?g|png|gif|bmp)$/i.test(name))
    .map((name) => join(folder, name));
}

let server: Awaited<ReturnType<typeof serve>>;
test.beforeAll(async () => {
  server = await serve(root);
});
test.afterAll(() => server.close());

test('Node and Chromium name the same bytes alike', async ({ page }) => {
  const files = photos();
  test.setTimeout(60_000 + 3_000 * files.length);
  const built = new URL('../../dist/node.js', import.meta.url).href;
  const node = (await import(built)) as typeof import('../../web/src/node.js');
  const inNode = await node.createClassifier();
  await page.goto(server.url);
  await page.evaluate(async () => {
    const url = '/dist/index.js';
    window.shiwu = (await import(url)) as typeof window.shiwu;
    window.classifier = await window.shiwu.createClassifier();
  });
  let worst = 0;
  for (const file of files) {
    const ours = (await inNode.classify(file)).predictions;
    const theirs = await classifyIn(page, file);
    expect(ours.length, file).toBe(5);
    expect(indexes(theirs), file).toEqual(indexes(ours));
    for (const [i, { score }] of ours.entries()) {
      worst = Math.max(worst, Math.abs(score - (theirs[i]?.score ?? Number.NaN)));
    }
    expect(worst, file).toBeLessThanOrEqual(TOLERANCE);
  }
  await inNode.dispose();
  console.log(`${files.length} pictures: the same top 5; scores differ by ${worst} at most`);
});

/** Playwright's bridge takes text, and base64 is text. */
function classifyIn(page: Page, file: string): Promise<readonly Prediction[]> {
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    return (await window.classifier.classify(bytes)).predictions;
  }, readFileSync(file).toString('base64'));
}

function indexes(predictions: readonly Prediction[]): number[] {
  return predictions.map(({ index }) => index);
}
