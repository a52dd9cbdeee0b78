// shiwu.html from a disk: what is in it, and milliseconds from opening it to the first paint and to the
// first label (a sample is chosen as soon as it is drawn). In Chromium, each time in a fresh profile; medians.
//   npm run build:single && node tests/bench/single.mjs [--rounds 5] [--json]
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { chromium } from '@playwright/test';
import { findBrowser } from '../../scripts/toolchain/browser.mjs';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, json: { type: 'boolean', default: false } },
});
const rounds = Number(values.rounds);
const FILE = new URL('../../build/single/shiwu.html', import.meta.url);

/** Parts as they lie in dist, by their names in the file. */
function sizes() {
  const html = readFileSync(FILE, 'utf8');
  const part = (name, text, raw) => ({ name, raw, inside: Buffer.byteLength(text) });
  const rows = [
    ...html.matchAll(/<script type="application\/gzip" data-part="(.*?)">(.*?)<\/script>/gs),
  ].map(([, name, text]) => {
    const dist = fileURLToPath(new URL(`../../dist/${name}`, import.meta.url));
    const raw = name.endsWith('.gz') ? gunzipSync(readFileSync(dist)).length : undefined;
    return part(name, text, raw);
  });
  const [, style = ''] = /<style>(.*?)<\/style>/s.exec(html) ?? [];
  const [, script = ''] = /<script>(.*?)<\/script>/s.exec(html) ?? [];
  for (const [name, text] of Object.entries({ script, style })) {
    rows.push(part(name, text, Buffer.byteLength(text)));
  }
  rows.push(part('shiwu.html', html, undefined));
  return rows;
}

/** Runs before the page's own script. */
function watch() {
  const observer = new MutationObserver(() => {
    const sample = document.querySelector('[data-testid=sample-cat]');
    if (sample && globalThis.askedAt === undefined) {
      globalThis.askedAt = performance.now();
      setTimeout(() => sample.click());
    }
    const page = document.querySelector('[data-testid=page]');
    if (page?.dataset.model === 'ready') globalThis.readyAt ??= performance.now();
    if (document.querySelector('[data-testid=answer]')) globalThis.namedAt ??= performance.now();
  });
  observer.observe(document, { childList: true, subtree: true, attributes: true });
}

const median = (all) => all.sort((a, b) => a - b)[Math.floor(all.length / 2)];

const { executablePath, args } = await findBrowser();
const trials = [];
for (let round = 0; round < rounds; round++) {
  const browser = await chromium.launch({ executablePath, args: [...args, '--disable-gpu'] });
  try {
    const context = await browser.newContext({ locale: 'zh-CN', offline: true });
    const page = await context.newPage();
    await page.addInitScript(watch);
    await page.goto(FILE.href, { waitUntil: 'commit' });
    await page.waitForFunction(() => globalThis.namedAt !== undefined);
    trials.push(
      await page.evaluate(() => ({
        'first paint': performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
        'file read': performance.getEntriesByType('navigation')[0].domInteractive,
        'model ready': globalThis.readyAt,
        'first label': globalThis.namedAt,
      })),
    );
  } finally {
    await browser.close();
  }
}
const ms = Object.fromEntries(
  Object.keys(trials[0]).map((key) => [key, Math.round(median(trials.map((one) => one[key])))]),
);
if (values.json) {
  console.info(JSON.stringify({ bytes: sizes(), ms }, null, 2));
} else {
  console.table(sizes());
  console.info(`milliseconds after opening, medians of ${rounds}`);
  console.table(ms);
}
