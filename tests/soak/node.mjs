// The soak in this Node process, on the built package. Needs --expose-gc.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { pictures } from './pictures.mjs';
import { MOST_KEPT } from './table.mjs';
import { makeSoak } from './work.mjs';

const path = (name) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

/** Milliseconds for workers that were ended to be gone. */
const REST_MS = 500;

async function measure() {
  await sleep(REST_MS);
  // Twice: what a finalizer lets go of is collected by the next.
  for (let i = 0; i < 2; i++) {
    globalThis.gc();
    await sleep(50);
  }
  const MB = (bytes) => Number((bytes / 1e6).toFixed(1));
  const { rss, heapUsed } = process.memoryUsage();
  const resources = process.getActiveResourcesInfo().filter((name) => name !== 'Timeout');
  const found = { 'RSS MB': MB(rss), 'JS heap MB': MB(heapUsed), handles: resources.length };
  if (process.platform !== 'linux') return found;
  const number = (file, name) =>
    Number(
      new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/self/${file}`, 'utf8'))[1],
    );
  return {
    ...found,
    'PSS MB': MB(number('smaps_rollup', 'Pss') * 1024),
    threads: number('status', 'Threads'),
  };
}

/** Gives the rows of all tenths, what went wrong, and what is left when all is disposed. */
export async function soakNode(count, onTenth = () => {}) {
  const { createClassifier } = await import(new URL('../../dist/node.js', import.meta.url).href);
  const { good, broken } = await pictures();
  const before = await measure();
  const soak = makeSoak({
    createClassifier,
    models: [
      { name: 'lite0', options: {}, known: true },
      { name: 'lite2', options: { model: path('models/bundles/lite2/lite2.onnx') }, known: true },
      {
        name: 'own',
        options: { model: path('tests/fixtures/shapes/shapes.onnx'), engine: 'shiwu' },
      },
      {
        name: 'own, ONNX Runtime',
        options: { model: path('tests/fixtures/shapes/shapes.onnx'), engine: 'ort' },
      },
    ],
    pictures: { good: good.filter(({ browser }) => !browser), broken },
  });
  const rows = [];
  for (let tenth = 0; tenth < 10; tenth++) {
    const started = performance.now();
    await soak.run((tenth * count) / 10, count / 10);
    const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
    rows.push({ seconds, ...(await measure()), 'kept classifiers': soak.held() });
    onTenth(tenth + 1);
  }
  await soak.leave();
  const after = await measure();
  const left = [];
  if (after.handles > before.handles) left.push(`${after.handles - before.handles} handles`);
  if (soak.held() > MOST_KEPT) left.push(`${soak.held()} classifiers`);
  return {
    rows,
    counts: soak.counts,
    faults: [...soak.faults, ...left.map((one) => `left: ${one}`)],
  };
}
