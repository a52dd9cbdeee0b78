// The soak in a page of Chromium's, on the built package.
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { findBrowser } from '../../scripts/toolchain/browser.mjs';
import { pssMB, rssMB } from '../bench/support/process.mjs';
import { serve } from '../support/serve.mjs';
import { pictures } from './pictures.mjs';
import { MOST_KEPT } from './table.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** In each worker before its own script: adds up the memories of what it runs. */
const COUNT_HEAP = `{
  const memories = new Set();
  const real = WebAssembly.instantiate;
  WebAssembly.instantiate = async (...all) => {
    const made = await real(...all);
    for (const each of Object.values((made.instance ?? made).exports)) {
      if (each instanceof WebAssembly.Memory) memories.add(each);
    }
    return made;
  };
  self.heap = () => [...memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
}\n`;

const REST_MS = 1000;

export async function soakChromium(count, onTenth = () => {}) {
  const { executablePath, args } = await findBrowser();
  const server = await serve(root, { isolated: false });
  const browser = await chromium.launch({ executablePath, args: [...args, '--disable-gpu'] });
  try {
    const page = await browser.newPage();
    await page.route('**/dist/worker*.js', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: COUNT_HEAP + (await response.text()) });
    });
    await page.goto(server.url);
    const { good, broken } = await pictures();
    const packed = (all) =>
      all.map((each) => ({ ...each, bytes: Buffer.from(each.bytes).toString('base64') }));
    await page.evaluate(
      async ({ good, broken }) => {
        const [{ createClassifier }, { makeSoak }] = await Promise.all([
          import('/dist/index.js'),
          import('/tests/soak/work.mjs'),
        ]);
        const plain = (all) =>
          all.map((each) => ({
            ...each,
            bytes: Uint8Array.from(atob(each.bytes), (character) => character.charCodeAt(0)),
          }));
        const file = async (address) => (await fetch(address)).blob();
        const [lite2, own] = await Promise.all([
          file('/models/bundles/lite2/lite2.onnx'),
          file('/tests/fixtures/shapes/shapes.onnx'),
        ]);
        window.soak = makeSoak({
          createClassifier,
          models: [
            { name: 'lite0', options: {}, known: true },
            // Not by address: what Chromium itself fetches anew, be it never so plain, takes some 170 MB before it stops growing.
            { name: 'lite2', options: { model: lite2 }, known: true },
            { name: 'own', options: { model: own, engine: 'shiwu' } },
            { name: 'own, ONNX Runtime', options: { model: own, engine: 'ort' } },
          ],
          pictures: { good: plain(good), broken: plain(broken) },
        });
      },
      { good: packed(good), broken: packed(broken) },
    );
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
    const MB = (bytes) => Number((bytes / 1e6).toFixed(1));
    const measure = async () => {
      await page.waitForTimeout(REST_MS);
      for (let i = 0; i < 2; i++) {
        await session.send('HeapProfiler.collectGarbage');
        await page.requestGC();
        await page.waitForTimeout(100);
      }
      const { usedSize } = await session.send('Runtime.getHeapUsage');
      const { metrics } = await session.send('Performance.getMetrics');
      const metric = (name) => metrics.find((each) => each.name === name)?.value;
      const heaps = await Promise.all(page.workers().map((one) => one.evaluate('self.heap()')));
      return {
        'PSS MB': MB(1e6 * (await pssMB(browser))),
        'RSS MB': MB(1e6 * (await rssMB(browser))),
        'JS heap MB': MB(usedSize),
        'wasm heap MB': MB(heaps.reduce((a, b) => a + b, 0)),
        workers: heaps.length,
        listeners: metric('JSEventListeners'),
        nodes: metric('Nodes'),
        'kept classifiers': await page.evaluate(() => window.soak.held()),
      };
    };
    const rows = [];
    for (let tenth = 0; tenth < 10; tenth++) {
      const started = performance.now();
      await page.evaluate((all) => window.soak.run(...all), [(tenth * count) / 10, count / 10]);
      const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
      rows.push({ seconds, ...(await measure()) });
      onTenth(tenth + 1);
    }
    await page.evaluate(() => window.soak.leave());
    const after = await measure();
    const { counts, faults } = await page.evaluate(() => {
      const { counts, faults } = window.soak;
      return { counts, faults };
    });
    if (after.workers > 0) faults.push(`left: ${after.workers} workers`);
    if (after['kept classifiers'] > MOST_KEPT)
      faults.push(`left: ${after['kept classifiers']} classifiers`);
    return { rows, counts, faults };
  } finally {
    await browser.close();
    server.close();
  }
}
