// The page's album over many photos, in Chromium on the built site: images per second, the longest task
// of the page's thread while photos are named and while the grid is scrolled, memory along the way, and
// whether a reload in the middle loses anything.
//   node tests/bench/page-album.mjs FOLDER [--count 1000] [--json]
// A folder with fewer photos is repeated under other names.
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { findBrowser } from '../../scripts/toolchain/browser.mjs';
import { serve } from '../support/serve.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '1000' },
    json: { type: 'boolean', default: false },
  },
});
const count = Number(values.count);
const folder = resolve(positionals[0] ?? '.');
const names = readdirSync(folder).filter((name) => /\.(jpe?g|png|webp)$/i.test(name));
if (names.length === 0) throw new Error(`no photos in ${folder}`);
const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

const many = mkdtempSync(join(tmpdir(), 'shiwu-album-'));
const photos = Array.from({ length: count }, (_, i) => {
  const name = names[i % names.length];
  const path = join(many, `${String(i).padStart(5, '0')}${extname(name)}`);
  copyFileSync(join(folder, name), path);
  return path;
});

const server = await serve(join(root, 'dist/site'));
const browser = await chromium.launch(await findBrowser());
const system = await browser.newBrowserCDPSession();
try {
  const page = await (await browser.newContext({ locale: 'zh-CN' })).newPage();
  await page.addInitScript(watchThread);
  await page.goto(new URL('index.html#album', server.url).href);
  await page.getByTestId('album-empty').waitFor();
  const report = { photos: count };

  // Once round, so that code is compiled and the model is there.
  await page.getByTestId('pick-photos-input').setInputFiles(photos.slice(0, 20));
  await named(page, 20);
  await page.getByTestId('clear').click();
  await page.getByTestId('clear-yes').click();
  await page.getByTestId('album-empty').waitFor();

  const memory = {};
  await page.evaluate(() => window.thread.reset());
  const start = performance.now();
  await page.getByTestId('pick-photos-input').setInputFiles(photos);
  for (const at of [100, count / 2]) {
    await page.waitForFunction((done) => window.done() >= done, at);
    memory[at] = await megabytes();
  }
  await named(page, count);
  report.imagesPerSecond = count / ((performance.now() - start) / 1000);
  report.whileNaming = await page.evaluate(() => window.thread.read());
  // Small pictures are still being made.
  await page.waitForTimeout(5000);

  await page.evaluate(() => window.thread.reset());
  await page.mouse.move(600, 500);
  for (let i = 0; i < 120; i++) {
    await page.mouse.wheel(0, i < 60 ? 1500 : -1500);
    await page.waitForTimeout(40);
  }
  report.whileScrolling = await page.evaluate(() => window.thread.read());
  await page.evaluate(() => window.thread.reset());
  await page.getByTestId('search').fill('gou');
  await page.waitForTimeout(1500);
  await page.getByTestId('search').fill('');
  await page.waitForTimeout(500);
  report.whileSearching = await page.evaluate(() => window.thread.read());
  memory[count] = await megabytes();
  report.megabytes = memory;

  await page.getByTestId('clear').click();
  await page.getByTestId('clear-yes').click();
  await page.getByTestId('album-empty').waitFor();
  await page.getByTestId('pick-photos-input').setInputFiles(photos);
  await page.waitForFunction((done) => window.done() >= done, Math.round(count / 3));
  const before = await page.evaluate(() => window.done());
  await page.reload();
  await page.waitForFunction(() => window.done() > 0);
  const after = await page.evaluate(() => window.done());
  await named(page, count);
  const kept = await page.evaluate(() =>
    Number(document.querySelector('[data-testid=album]').dataset.count),
  );
  report.reload = { namedBefore: before, namedAfter: after, photosAtTheEnd: kept };

  if (values.json) console.log(JSON.stringify(report, null, 2));
  else console.dir(report, { depth: 4 });
} finally {
  await browser.close();
  server.close();
  rmSync(many, { recursive: true });
}

async function named(page, wanted) {
  await page.waitForFunction(
    (number) =>
      document.querySelector('[data-testid=album]')?.dataset.count === String(number) &&
      !document.querySelector('[data-testid=run]'),
    wanted,
    { timeout: 600_000 },
  );
}

/** Resident memory of the page's process, its workers included; Linux only. */
async function megabytes() {
  const { processInfo } = await system.send('SystemInfo.getProcessInfo');
  const pages = processInfo.filter(({ type }) => type === 'renderer');
  const sizes = pages.map(({ id }) => {
    const status = readFileSync(`/proc/${id}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1000;
  });
  return Math.round(Math.max(...sizes));
}

/** Runs in the page, before its own code. */
function watchThread() {
  let longTask = 0;
  let longestGap = 0;
  let last = performance.now();
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longTask = Math.max(longTask, duration);
  }).observe({ type: 'longtask', buffered: true });
  setInterval(() => {
    const now = performance.now();
    longestGap = Math.max(longestGap, now - last);
    last = now;
  }, 5);
  window.thread = {
    reset: () => {
      longTask = 0;
      longestGap = 0;
    },
    read: () => ({ longestTaskMs: Math.round(longTask), longestGapMs: Math.round(longestGap) }),
  };
  /** Photos that no longer wait, as the page counts them. */
  window.done = () => {
    const text = document.querySelector('[data-testid=run-count]')?.textContent ?? '';
    const all = document.querySelector('[data-testid=album]')?.dataset.count ?? 0;
    return document.querySelector('[data-testid=run]')
      ? Number(text.replaceAll(',', '').match(/\d+/)?.[0] ?? 0)
      : Number(all);
  };
}
