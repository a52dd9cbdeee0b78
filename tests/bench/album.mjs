// Images per second over a folder of photos, in Chromium on the built package: classifyMany, one call
// after another, and ONNX Runtime Web by hand on the page's own thread; the longest task of the
// page's thread meanwhile; and the page's memory at photo 30 against the last.
//   node tests/bench/album.mjs FOLDER [--concurrency N] [--json]
import { readdirSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { findBrowser } from '../../scripts/toolchain/browser.mjs';
import { serve } from '../support/serve.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    concurrency: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const folder = resolve(positionals[0] ?? '.');
const names = readdirSync(folder).filter((name) => /\.(jpe?g|png|bmp|gif)$/i.test(name));
if (names.length === 0) throw new Error(`no photos in ${folder}`);
const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** Runs in the page. */
async function measure({ names, concurrency }) {
  const photos = await Promise.all(
    names.map(async (_, i) => (await fetch(`/bench-photo/${i}`)).blob()),
  );
  const { createClassifier } = await import('/dist/index.js');
  const classifier = await createClassifier();
  const info = classifier.info;
  const cores = navigator.hardwareConcurrency;

  let longest = 0;
  let gap = 0;
  const watchThread = () => {
    longest = 0;
    gap = 0;
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
    });
    observer.observe({ type: 'longtask' });
    let last = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      gap = Math.max(gap, now - last);
      last = now;
    }, 5);
    return () => {
      clearInterval(timer);
      observer.disconnect();
      return { longTask: longest, longestGap: gap };
    };
  };
  const memory = async () =>
    crossOriginIsolated ? (await performance.measureUserAgentSpecificMemory()).bytes : undefined;
  const timed = async (work) => {
    const stop = watchThread();
    const start = performance.now();
    const firsts = await work();
    const seconds = (performance.now() - start) / 1000;
    return { firsts, perSecond: photos.length / seconds, ...stop() };
  };
  const first = ({ predictions }) => predictions[0]?.index;

  // Workers started and code compiled to its fast tier before anything is timed.
  for await (const _ of classifier.classifyMany(photos.slice(0, 60), { concurrency }));
  for (const photo of photos.slice(0, 20)) await classifier.classify(photo);

  const album = () =>
    timed(async () => {
      const firsts = [];
      for await (const { result } of classifier.classifyMany(photos, { concurrency }))
        firsts.push(first(result));
      return firsts;
    });
  const single = () =>
    timed(async () => {
      const firsts = [];
      for (const photo of photos) firsts.push(first(await classifier.classify(photo)));
      return firsts;
    });
  // Three rounds in turn: a noisy minute strikes both.
  const rounds = [];
  for (let round = 0; round < 3; round++) {
    rounds.push({ album: await album(), single: await single() });
  }

  await classifier.dispose();

  // Without threads of one inference: asleep between runs, they would keep the measure waiting.
  const lean = await createClassifier({ threads: 1 });
  const marks = [];
  let count = 0;
  for await (const _ of lean.classifyMany(photos, { concurrency })) {
    if (++count === 30) marks.push(await memory());
  }
  marks.push(await memory());
  await lean.dispose();

  // By hand, as a tutorial would: decode and shrink on a canvas, normalise in a loop, run.
  const ort = await import('/node_modules/onnxruntime-web/dist/ort.wasm.bundle.min.mjs');
  ort.env.wasm.numThreads = 1;
  const packed = await (await fetch('/models/bundles/lite0/lite0.onnx')).arrayBuffer();
  const session = await ort.InferenceSession.create(new Uint8Array(packed));
  const context = new OffscreenCanvas(224, 224).getContext('2d', { willReadFrequently: true });
  context.imageSmoothingQuality = 'high';
  const byHandOne = async (photo) => {
    const bitmap = await createImageBitmap(photo);
    const side = 0.875 * Math.min(bitmap.width, bitmap.height);
    const [left, top] = [(bitmap.width - side) / 2, (bitmap.height - side) / 2];
    context.drawImage(bitmap, left, top, side, side, 0, 0, 224, 224);
    bitmap.close();
    const { data } = context.getImageData(0, 0, 224, 224);
    const tensor = new Float32Array(3 * 224 * 224);
    for (let i = 0; i < 224 * 224; i++) {
      for (let c = 0; c < 3; c++) tensor[c * 50176 + i] = (data[4 * i + c] - 127) / 128;
    }
    const feeds = { input: new ort.Tensor('float32', tensor, [1, 3, 224, 224]) };
    const logits = (await session.run(feeds)).output.data;
    return logits.indexOf(Math.max(...logits));
  };
  for (const photo of photos.slice(0, 40)) await byHandOne(photo);
  const hand = [];
  for (let round = 0; round < 3; round++) {
    hand.push(
      await timed(async () => {
        const firsts = [];
        for (const photo of photos) firsts.push(await byHandOne(photo));
        return firsts;
      }),
    );
  }

  const median = (runs, key) => runs.map((run) => run[key]).sort((a, b) => a - b)[1];
  const summary = (runs) => ({
    perSecond: median(runs, 'perSecond'),
    longTask: Math.max(...runs.map((run) => run.longTask)),
    longestGap: Math.max(...runs.map((run) => run.longestGap)),
  });
  const albums = rounds.map((round) => round.album);
  const singles = rounds.map((round) => round.single);
  const same = (a, b) => a.filter((index, i) => index === b[i]).length;
  return {
    photos: photos.length,
    cores,
    threadsAlone: info.threads,
    album: summary(albums),
    single: summary(singles),
    byHand: summary(hand),
    albumSameAsSingle: same(albums[0].firsts, singles[0].firsts),
    byHandSameAsAlbum: same(hand[0].firsts, albums[0].firsts),
    memoryAt30: marks[0],
    memoryAtEnd: marks[1],
  };
}

const { executablePath, args } = await findBrowser();
const browser = await chromium.launch({ executablePath, args: [...args, '--disable-gpu'] });
const server = await serve(root);
try {
  const page = await browser.newPage();
  await page.route('**/bench-photo/*', (route) => {
    const name = names[Number(new URL(route.request().url()).pathname.split('/').at(-1))];
    return route.fulfill({
      path: join(folder, name),
      contentType: extname(name) === '.png' ? 'image/png' : 'image/jpeg',
      headers: { 'cross-origin-resource-policy': 'same-origin' },
    });
  });
  await page.goto(server.url);
  const concurrency = values.concurrency && Number(values.concurrency);
  const result = await page.evaluate(measure, { names, concurrency: concurrency || undefined });
  if (values.json) {
    console.info(JSON.stringify(result, null, 2));
  } else {
    const row = ({ perSecond, longTask, longestGap }) => ({
      'images/s': +perSecond.toFixed(1),
      'against one at a time': +(perSecond / result.single.perSecond).toFixed(2),
      'longest task, ms': +longTask.toFixed(0),
      'longest gap, ms': +longestGap.toFixed(0),
    });
    console.info(
      `Chromium ${browser.version()}, ${result.photos} photos, ${result.cores} cores; medians of three rounds`,
    );
    console.table({
      classifyMany: row(result.album),
      [`classify, ${result.threadsAlone} thread(s)`]: row(result.single),
      'ONNX Runtime by hand, on the page': row(result.byHand),
    });
    console.info(`same first answer as alone: ${result.albumSameAsSingle} of ${result.photos}`);
    console.info(`by hand the same first answer: ${result.byHandSameAsAlbum}`);
    const [at30, atEnd] = [result.memoryAt30, result.memoryAtEnd].map((bytes) => bytes / 1e6);
    console.info(`memory: ${at30.toFixed(1)} MB at photo 30, ${atEnd.toFixed(1)} MB at the last`);
  }
} finally {
  await browser.close();
  server.close();
}
