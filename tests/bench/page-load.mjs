// The built site as a visitor first sees it, and when they come again: milliseconds from navigation to the
// first paint, to a page that answers, to a model that is ready and to the first label (a sample is chosen as
// soon as it is drawn), in Chromium; medians. Blocking time, and the layout shift until the model is ready
// where nothing is chosen, as Lighthouse counts them; and the bytes that were fetched, by kind.
//   npm run build && node tests/bench/page-load.mjs [--rounds 5] [--slow] [--json]
// --slow: a phone, with a processor a quarter as fast and a line of 1.6 Mbit/s, 150 ms away.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { findBrowser } from '../../scripts/toolchain/browser.mjs';
import { host } from './support/host.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    slow: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const SITE = join(dirname(fileURLToPath(import.meta.url)), '../../dist/site');

/** Lighthouse's own figures for a slow phone. */
const SLOW = { latency: 150, throughput: (1.6 * 1024 * 1024) / 8, processor: 4 };

/** Runs before the page's own script. */
function watch(choose) {
  globalThis.seen = { shift: 0, blocking: 0, largest: 0 };
  const { seen } = globalThis;
  const observe = (type, act) =>
    new PerformanceObserver((list) => list.getEntries().forEach(act)).observe({
      type,
      buffered: true,
    });
  observe('layout-shift', ({ value, hadRecentInput }) => {
    if (!hadRecentInput) seen.shift += value;
  });
  observe('longtask', ({ duration }) => {
    seen.blocking += Math.max(0, duration - 50);
  });
  observe('largest-contentful-paint', ({ startTime }) => {
    seen.largest = startTime;
  });
  new MutationObserver(() => {
    const sample = document.querySelector('[data-testid=sample-cat]');
    if (sample && seen.interactive === undefined) {
      seen.interactive = performance.now();
      if (choose) setTimeout(() => sample.click());
    }
    const page = document.querySelector('[data-testid=page]');
    if (page?.dataset.model === 'ready') seen.ready ??= performance.now();
    if (document.querySelector('[data-testid=answer]')) seen.named ??= performance.now();
  }).observe(document, { childList: true, subtree: true, attributes: true });
}

/** By what the files are for. */
const KINDS = [
  ['model', /\.onnx(-[\w-]+)?\.gz$/],
  ['wasm', /\.wasm(-[\w-]+)?(\.gz)?$/],
  ['script', /\.m?js$/],
  ['style', /\.css$/],
  ['picture', /\.(jpg|png|svg|webp)$/],
  ['page', /(\/|\.html)$/],
];

async function visit(context, address, choose = true) {
  const page = await context.newPage();
  await page.addInitScript(watch, choose);
  if (values.slow) await slowDown(page);
  await page.goto(address, { waitUntil: 'commit' });
  const last = choose ? 'named' : 'ready';
  await page.waitForFunction((moment) => globalThis.seen?.[moment] !== undefined, last, {
    timeout: 120_000,
  });
  const { seen, paint, files } = await page.evaluate(() => ({
    seen: globalThis.seen,
    paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
    files: [
      ...performance.getEntriesByType('navigation'),
      ...performance.getEntriesByType('resource'),
    ].map(({ name, transferSize }) => ({ name, transferSize })),
  }));
  const bytes = {};
  for (const { name, transferSize } of files) {
    const { pathname } = new URL(name);
    const [kind = 'other'] = KINDS.find(([, pattern]) => pattern.test(pathname)) ?? [];
    bytes[kind] = (bytes[kind] ?? 0) + transferSize;
  }
  // The page for flight mode is kept after all else.
  await page.waitForFunction(() => navigator.serviceWorker.ready.then(() => true));
  await page.close();
  return {
    ms: {
      'first paint': paint,
      'largest paint': seen.largest,
      interactive: seen.interactive,
      'model ready': seen.ready,
      'first label': seen.named,
      'total blocking': seen.blocking,
    },
    shift: seen.shift,
    bytes,
  };
}

async function slowDown(page) {
  const session = await page.context().newCDPSession(page);
  const { latency, throughput, processor } = SLOW;
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency,
    downloadThroughput: throughput,
    uploadThroughput: throughput,
  });
  await session.send('Emulation.setCPUThrottlingRate', { rate: processor });
}

const median = (all) => all.sort((a, b) => a - b)[Math.floor(all.length / 2)];

function summary(trials) {
  const [{ ms, bytes }] = trials;
  return {
    ms: Object.fromEntries(
      Object.keys(ms).map((key) => [key, Math.round(median(trials.map((one) => one.ms[key])))]),
    ),
    bytes: { ...bytes, total: Object.values(bytes).reduce((a, b) => a + b, 0) },
  };
}

const server = await host({ '/site/': `${SITE}/` }, true);
const address = `${server.url}site/index.html`;
const { executablePath, args } = await findBrowser();
const cold = [];
const warm = [];
const shifts = [];
for (let round = 0; round < rounds; round++) {
  const browser = await chromium.launch({ executablePath, args: [...args, '--disable-gpu'] });
  try {
    const phone = values.slow && {
      viewport: { width: 390, height: 844 },
      isMobile: true,
      hasTouch: true,
    };
    const looking = await browser.newContext({ locale: 'zh-CN', ...phone });
    shifts.push((await visit(looking, address, false)).shift);
    await looking.close();
    const context = await browser.newContext({ locale: 'zh-CN', ...phone });
    cold.push(await visit(context, address));
    warm.push(await visit(context, address));
  } finally {
    await browser.close();
  }
}
server.close();

const report = { cold: summary(cold), warm: summary(warm), shift: Math.max(...shifts) };
if (values.json) {
  console.info(JSON.stringify(report, null, 2));
} else {
  console.info(`milliseconds after navigation, medians of ${rounds}${values.slow ? ', slow' : ''}`);
  console.table({ cold: report.cold.ms, warm: report.warm.ms });
  console.info('bytes fetched, by kind');
  console.table({ cold: report.cold.bytes, warm: report.warm.bytes });
  console.info(`layout shift at most ${report.shift.toFixed(4)}`);
}
