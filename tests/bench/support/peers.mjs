// Installs the libraries that shiwu is measured against into build/bench-peers, with models in their formats.
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { at } from '../../../scripts/lib/project.mjs';
import { npm } from '../../../scripts/lib/run.mjs';
import { python } from './python.mjs';

const HERE = at('tests/bench/peers');
const FOLDER = at('build/bench-peers');
const MODELS = join(FOLDER, 'models');
const BUNDLES = join(FOLDER, 'bundles');
const LITE0 = at('models/bundles/lite0/lite0.onnx');
const installed = (name) => join(FOLDER, 'node_modules', name);

/** TensorFlow.js as an application would bundle it: what it imports, and no more. */
const ENTRIES = {
  tfjs: `
    export { browser, div, expandDims, image, setBackend, slice, sub, tidy } from '@tensorflow/tfjs-core';
    export { loadGraphModel } from '@tensorflow/tfjs-converter';
    export { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';`,
  nsfwjs: `
    export * as tf from '@tensorflow/tfjs';
    export { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
    export * as nsfwjs from 'nsfwjs/core';
    export { MobileNetV2Model } from 'nsfwjs/models/mobilenet_v2';`,
};

/** Where the page finds everything; what is not installed is simply not there. */
export const MOUNTS = {
  '/bench/': at('tests/bench/'),
  '/shiwu/': at('dist/'),
  '/ort/': installed('onnxruntime-web/dist/'),
  '/transformers/': installed('@huggingface/transformers/dist/'),
  '/transformers-ort/': installed('@huggingface/transformers/node_modules/onnxruntime-web/dist/'),
  '/tfjs-wasm/': installed('@tensorflow/tfjs-backend-wasm/dist/'),
  '/mediapipe/': installed('@mediapipe/tasks-vision/'),
  '/bundles/': join(BUNDLES, '/'),
  '/models/lite0.onnx': LITE0,
  '/models/': join(MODELS, '/'),
};

const newer = (file, than) => existsSync(file) && statSync(file).mtimeMs > statSync(than).mtimeMs;

async function install() {
  mkdirSync(FOLDER, { recursive: true });
  const lock = readFileSync(join(HERE, 'package-lock.json'), 'utf8');
  const done = join(FOLDER, 'done');
  if (existsSync(done) && readFileSync(done, 'utf8') === lock) return;
  console.info('installing the peers into build/bench-peers (1 GB)');
  for (const name of ['package.json', 'package-lock.json']) {
    copyFileSync(join(HERE, name), join(FOLDER, name));
  }
  // No scripts: they would fetch a runtime for Node that nobody needs here.
  await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: FOLDER });
  writeFileSync(done, lock);
}

async function bundle(name) {
  await build({
    stdin: { contents: ENTRIES[name], resolveDir: FOLDER, sourcefile: `${name}.js` },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    minify: true,
    outdir: BUNDLES,
    entryNames: name,
    chunkNames: `${name}-[hash]`,
    // It asks for Node's modules, which it uses under Node only.
    external: [
      'fs',
      'path',
      'worker_threads',
      'perf_hooks',
      'os',
      'util',
      'crypto',
      'string_decoder',
    ],
    define: { global: 'globalThis' },
    logLevel: 'error',
  });
}

/** Once a model is newer than what makes it, it stays. */
async function convert(script, target, words) {
  if (newer(target, LITE0) && newer(target, join(HERE, script))) return;
  mkdirSync(dirname(target), { recursive: true });
  await python(join(HERE, script), LITE0, ...words);
}

const PREPARED = {
  async transformers() {
    const folder = join(MODELS, 'transformers');
    const model = join(folder, 'onnx/model.onnx');
    await convert('rename.py', model, [model]);
    const labels = Object.fromEntries([...Array(1000).keys()].map((i) => [i, String(i)]));
    const json = (name, value) => writeFileSync(join(folder, name), JSON.stringify(value));
    json('config.json', { model_type: 'efficientnet', id2label: labels });
    json('preprocessor_config.json', {
      image_processor_type: 'EfficientNetImageProcessor',
      // Otherwise that class squares the deviation, as only the larger EfficientNets want it.
      include_top: false,
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
  },
  async tfjs({ tfjsModel }) {
    await bundle('tfjs');
    const folder = join(MODELS, 'tfjs');
    if (tfjsModel) cpSync(dirname(resolve(tfjsModel)), folder, { recursive: true });
    else await convert('convert.py', join(folder, 'model.json'), ['tfjs', folder]);
  },
  async mediapipe({ mediapipeModel }) {
    const file = join(MODELS, 'lite0.tflite');
    if (mediapipeModel) copyFileSync(resolve(mediapipeModel), file);
    else await convert('convert.py', file, ['tflite', file]);
  },
  nsfwjs: () => bundle('nsfwjs'),
};

/**
 * @param {Set<string>} libraries those that take part
 * @param {{ tfjsModel?: string, mediapipeModel?: string }} given models of the user's, instead of the bundled one
 */
export async function prepare(libraries, given) {
  if ([...libraries].every((name) => name === 'shiwu')) return;
  await install();
  for (const library of libraries) await PREPARED[library]?.(given);
}

const NPM = {
  ort: ['onnxruntime-web'],
  transformers: ['@huggingface/transformers'],
  tfjs: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm'],
  mediapipe: ['@mediapipe/tasks-vision'],
  nsfwjs: ['nsfwjs'],
};

/** npm name → version, of the libraries that take part. */
export function versions(libraries) {
  const read = (file) => JSON.parse(readFileSync(file, 'utf8')).version;
  const names = [...libraries].flatMap((library) => NPM[library] ?? []);
  return Object.fromEntries([
    ['shiwu', read(at('package.json'))],
    ...names.map((name) => [name, read(join(installed(name), 'package.json'))]),
  ]);
}
