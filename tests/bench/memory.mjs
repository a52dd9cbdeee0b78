// Memory over a blank page, in MB: the proportional set size (PSS) of the page's process, workers included, with
// a classifier that is loaded, after its first photo, and after an album of 200 photos by two workers;
// with either engine. In Chromium on Linux, each trial in a browser of its own; medians.
//   node tests/bench/memory.mjs [--rounds 3] [--json]
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { findBrowser } from '../../scripts/toolchain/browser.mjs';
import { host } from './support/host.mjs';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, json: { type: 'boolean', default: false } },
});
const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const samples = join(root, 'web/page/public/samples/');
const names = readdirSync(samples).filter((name) => name.endsWith('.jpg'));
const PHOTOS = 200;
/** Of quiet after each step, so that garbage is collected and idle compilers have gone. */
const REST_MS = 4000;

/** Runs in the page. */
async function load(engine) {
  const { createClassifier } = await import('/shiwu/index.js');
  globalThis.classifier = await createClassifier({ engine });
}
async function classifyOne(name) {
  const photo = await (await fetch(`/samples/${name}`)).blob();
  await globalThis.classifier.classify(photo);
}
async function classifyAlbum({ names, count }) {
  const photos = async function* () {
    for (let i = 0; i < count; i++) {
      yield await (await fetch(`/samples/${names[i % names.length]}`)).blob();
    }
  };
  let done = 0;
  for await (const { result } of globalThis.classifier.classifyMany(photos(), { concurrency: 2 })) {
    if (result) done++;
  }
  if (done !== count) throw new Error(`${done} of ${count} photos were named`);
}

/** Of the largest of the browser's page processes. */
async function pss(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const sizes = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${id}/smaps_rollup`))[1]));
  return Math.max(...sizes) / 1000;
}

async function trial(server, engine) {
  const { executablePath, args } = await findBrowser();
  const browser = await chromium.launch({ executablePath, args: [...args, '--disable-gpu'] });
  try {
    const page = await browser.newPage();
    await page.goto(server.url);
    const measure = async () => {
      await page.requestGC();
      await page.waitForTimeout(REST_MS);
      return pss(browser);
    };
    const blank = await measure();
    await page.evaluate(load, engine);
    const loaded = (await measure()) - blank;
    await page.evaluate(classifyOne, names[0]);
    const one = (await measure()) - blank;
    await page.evaluate(classifyAlbum, { names, count: PHOTOS });
    return { blank, loaded, 'one photo': one, album: (await measure()) - blank };
  } finally {
    await browser.close();
  }
}

const server = await host({ '/shiwu/': join(root, 'dist/'), '/samples/': samples }, true);
const trials = { shiwu: [], ort: [] };
for (let round = 0; round < Number(values.rounds); round++) {
  for (const engine of Object.keys(trials)) trials[engine].push(await trial(server, engine));
}
server.close();
const median = (all) => all.sort((a, b) => a - b)[Math.floor(all.length / 2)];
const report = {};
for (const [engine, all] of Object.entries(trials)) {
  report[engine] = {};
  for (const key of Object.keys(all[0])) {
    report[engine][key] = Math.round(median(all.map((each) => each[key])));
  }
}
if (values.json) console.info(JSON.stringify(report, null, 2));
else console.table(report);
