// npm run bench: milliseconds per arrow of the datum's way, in Chromium, on the built package.
// Medians of warm runs; this machine's figures are worth comparing with each other only.
//   node tests/bench/bench.mjs [--runs 40] [--json]
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { findBrowser } from '../../scripts/toolchain/browser.mjs';
import { serve } from '../support/serve.mjs';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '40' }, json: { type: 'boolean', default: false } },
});
const runs = Number(values.runs);
const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** Runs in the page. Sizes are 4:3 photos of 0.3, 4 and 12 megapixels, drawn from the fixture. */
async function measure(count) {
  const { createClassifier } = await import('/dist/index.js');
  const started = performance.now();
  const classifier = await createClassifier();
  const load = performance.now() - started;
  const fixture = await createImageBitmap(
    await (await fetch('/tests/fixtures/photos/coffee.png')).blob(),
  );
  const photo = async (width, height) => {
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext('2d').drawImage(fixture, 0, 0, width, height);
    return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 });
  };
  const rows = [];
  let first;
  for (const [name, width, height] of [
    ['0.3 MP', 640, 480],
    ['4 MP', 2309, 1732],
    ['12 MP', 4000, 3000],
  ]) {
    const jpeg = await photo(width, height);
    const all = [];
    // V8 runs wasm in its slower baseline tier at first: the opening runs are not counted.
    const warmUp = 15;
    for (let i = 0; i < warmUp + count; i++) {
      const { timings } = await classifier.classify(jpeg);
      first ??= timings;
      if (i >= warmUp) all.push(timings);
    }
    const median = (key) => {
      const sorted = all.map((timings) => timings[key]).sort((a, b) => a - b);
      return sorted[Math.floor(sorted.length / 2)];
    };
    const medians = Object.fromEntries(Object.keys(all[0]).map((key) => [key, median(key)]));
    rows.push({ name, bytes: jpeg.size, ...medians });
  }
  await classifier.dispose();
  return { load, first: first.total, rows };
}

const server = await serve(root);
const { executablePath, args } = await findBrowser();
const browser = await chromium.launch({ executablePath, args: [...args, '--disable-gpu'] });
try {
  const page = await browser.newPage();
  await page.goto(server.url);
  const result = await page.evaluate(measure, runs);
  const ratios = result.rows.map(({ name, resize, normalize, inference }) => ({
    name,
    ratio: (resize + normalize) / inference,
  }));
  if (values.json) {
    console.info(JSON.stringify({ ...result, ratios }, null, 2));
  } else {
    console.info(`Chromium ${browser.version()}, ${runs} warm runs each, medians in ms`);
    console.info(`load ${result.load.toFixed(0)}, first answer ${result.first.toFixed(0)}`);
    console.table(
      Object.fromEntries(
        result.rows.map(({ name, bytes, ...timings }) => [
          name,
          Object.fromEntries(Object.entries(timings).map(([key, ms]) => [key, +ms.toFixed(2)])),
        ]),
      ),
    );
    for (const { name, ratio } of ratios) {
      console.info(`${name}: (resize + normalize) / inference = ${ratio.toFixed(3)}`);
    }
  }
} finally {
  await browser.close();
  server.close();
}
