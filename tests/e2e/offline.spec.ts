// A second visit without a network: the page and its scripts come from the site's own service worker,
// or the browser's cache, and everything else from where the library keeps it.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { serve } from '../support/serve.mjs';
import { keptFiles } from './support/kept-files.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('the second visit classifies with the network off', async ({ context }) => {
  const server = await serve(root, { isolated: false });
  const visit = async () => {
    const page = await context.newPage();
    await page.goto(server.url);
    const index = await page.evaluate(async () => {
      const url = '/dist/index.js';
      const { createClassifier } = (await import(url)) as typeof import('../../web/src/index.js');
      const classifier = await createClassifier();
      const canvas = new OffscreenCanvas(64, 64);
      canvas.getContext('2d')?.fillRect(16, 16, 32, 32);
      const { predictions } = await classifier.classify(canvas);
      await classifier.dispose();
      return predictions[0]?.index;
    });
    // The page goes on before they have been written.
    await expect.poll(() => keptFiles(page)).toBe(2);
    await page.close();
    return index;
  };
  const first = await visit();
  server.close();
  const failed: string[] = [];
  context.on('requestfailed', (request) => failed.push(request.url()));
  // What a service worker of the site would keep.
  await context.route(server.url, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>offline</title>' }),
  );
  await context.route('**/dist/*.js', async (route) => {
    const body = await readFile(root + new URL(route.request().url()).pathname);
    await route.fulfill({ contentType: 'text/javascript', body });
  });
  await context.setOffline(true);
  expect(await visit()).toBe(first);
  expect(failed).toEqual([]);
});
