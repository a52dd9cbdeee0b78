// From an empty page to the first label, on a first and on a second visit, with either engine and beside
// transformers.js with the same weights: bytes that the server sent, and milliseconds. In Chromium, each
// trial in a profile of its own, all in turn; medians.
//   node tests/bench/cold-start.mjs [--rounds 5] [--alone] [--json]
// --alone: without transformers.js, which needs Python with onnx (node scripts/toolchain/python.mjs finds or
// makes one), and is installed into build/bench-peers (0.5 GB, because it brings its Node runtime along).
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { npm } from '../../scripts/lib/run.mjs';
import { findBrowser } from '../../scripts/toolchain/browser.mjs';
import { host } from './support/host.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    alone: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const peers = join(root, 'build/bench-peers');

async function installPeers() {
  mkdirSync(peers, { recursive: true });
  for (const name of ['package.json', 'package-lock.json']) {
    copyFileSync(join(root, 'tests/bench/peers', name), join(peers, name));
  }
  if (!existsSync(join(peers, 'node_modules'))) {
    // No scripts: they would fetch a runtime for Node that nobody needs here.
    await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: peers });
  }
  const model = join(peers, 'models/lite0');
  mkdirSync(join(model, 'onnx'), { recursive: true });
  const python = execFileSync(execPath, [join(root, 'scripts/toolchain/python.mjs')], {
    encoding: 'utf8',
  }).trim();
  execFileSync(python, [
    join(root, 'tests/bench/peers/rename.py'),
    join(root, 'models/bundles/lite0/lite0.onnx'),
    join(model, 'onnx/model.onnx'),
  ]);
  const labels = Object.fromEntries([...Array(1000).keys()].map((i) => [i, String(i)]));
  const json = (name, value) => writeFileSync(join(model, name), JSON.stringify(value));
  json('config.json', { model_type: 'efficientnet', id2label: labels });
  json('preprocessor_config.json', {
    image_processor_type: 'EfficientNetImageProcessor',
    do_resize: true,
    size: { shortest_edge: 256 },
    resample: 3,
    do_center_crop: true,
    crop_size: { height: 224, width: 224 },
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: true,
    image_mean: [127 / 255, 127 / 255, 127 / 255],
    image_std: [128 / 255, 128 / 255, 128 / 255],
  });
}

async function shiwu(engine) {
  const { createClassifier } = await import('/shiwu/index.js');
  const classifier = await createClassifier({ engine });
  const photo = await (await fetch('/photo.jpg')).blob();
  const { predictions } = await classifier.classify(photo);
  return predictions[0].index;
}

/** Each runs in the page, with its name's engine, and returns the index of the first class. */
const CONTENDERS = {
  shiwu,
  ort: shiwu,
  'transformers.js': async () => {
    const { pipeline, env } = await import('/transformers/transformers.min.js');
    env.allowRemoteModels = false;
    env.allowLocalModels = true;
    env.localModelPath = '/models/';
    env.backends.onnx.wasm.wasmPaths = `${location.origin}/ort/`;
    const classify = await pipeline('image-classification', 'lite0', {
      device: 'wasm',
      dtype: 'fp32',
    });
    const [best] = await classify('/photo.jpg', { top_k: 1 });
    return Number(best.label);
  },
};

async function visit(context, server, name) {
  const page = await context.newPage();
  await page.goto(server.url);
  server.take();
  const start = performance.now();
  const index = await page.evaluate(CONTENDERS[name], name);
  const ms = performance.now() - start;
  const { bytes, requests } = server.take();
  await page.close();
  return { index, ms, bytes, requests };
}

if (!values.alone) await installPeers();
const names = Object.keys(CONTENDERS).filter((name) => !values.alone || CONTENDERS[name] === shiwu);
const { executablePath, args } = await findBrowser();
const browser = await chromium.launch({ executablePath, args: [...args, '--disable-gpu'] });
const dist = join(peers, 'node_modules/@huggingface/transformers/dist/');
const mounts = {
  '/shiwu/': join(root, 'dist/'),
  '/transformers/': dist,
  '/ort/': join(peers, 'node_modules/onnxruntime-web/dist/'),
  '/models/': join(peers, 'models/'),
  '/photo.jpg': join(root, 'web/page/public/samples/cat.jpg'),
};
const report = {};
try {
  for (const compress of [true, false]) {
    const server = await host(mounts, compress);
    const trials = {};
    for (let round = 0; round < rounds; round++) {
      for (const name of names) {
        const context = await browser.newContext();
        const first = await visit(context, server, name);
        const second = await visit(context, server, name);
        await context.close();
        trials[name] ??= [];
        trials[name].push({ first, second });
      }
    }
    server.close();
    const median = (all) => all.sort((a, b) => a - b)[Math.floor(all.length / 2)];
    report[compress ? 'a host that compresses' : 'a host that does not'] = Object.fromEntries(
      Object.entries(trials).flatMap(([name, all]) =>
        ['first', 'second'].map((which) => [
          `${name}, ${which} visit`,
          {
            ms: Math.round(median(all.map((trial) => trial[which].ms))),
            MB: +(median(all.map((trial) => trial[which].bytes)) / 1e6).toFixed(2),
            requests: median(all.map((trial) => trial[which].requests)),
            answer: all[0][which].index,
          },
        ]),
      ),
    );
  }
} finally {
  await browser.close();
}
if (values.json) {
  console.info(JSON.stringify(report, null, 2));
} else {
  console.info(`Chromium, ${rounds} rounds, medians`);
  for (const [name, table] of Object.entries(report)) {
    console.info(name);
    console.table(table);
  }
}
