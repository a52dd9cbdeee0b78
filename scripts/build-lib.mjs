// Builds the npm package's files in dist/: index.js and node.js with their workers and types, cli.js,
// and the assets that they load. Needs build/wasm-release (see scripts/build.mjs, which calls this).
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { filesLoadedBy, forBrowsers, forServers, leaveImportsAlone } from './lib/bundlers.mjs';
import { packAsset } from './lib/pack-asset.mjs';
import { writeWordTable } from './lib/word-table.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const require = createRequire(import.meta.url);

const { version } = require('../package.json');
const ort = dirname(require.resolve('onnxruntime-web/wasm'));

/** What the library loads, each packed to its name in dist with `.gz` added. */
const assets = {
  core: [join(root, 'build/wasm-release/shiwu_wasm.wasm'), 'shiwu_wasm.wasm'],
  coreRelaxed: [
    join(root, 'build/wasm-release/shiwu_wasm_relaxed.wasm'),
    'shiwu_wasm_relaxed.wasm',
  ],
  runtime: [join(ort, 'ort-wasm-simd-threaded.wasm'), 'ort-wasm-simd-threaded.wasm'],
  webgpuRuntime: [
    join(ort, 'ort-wasm-simd-threaded.asyncify.wasm'),
    'ort-wasm-simd-threaded.asyncify.wasm',
  ],
  model: [join(root, 'models/bundles/lite0/lite0.onnx'), 'models/lite0.onnx'],
  words: [writeWordTable(join(root, 'models/labels'), join(root, 'build')), 'models/words.tsv'],
};

/**
 * ONNX Runtime's glue, which its threads import by URL. It must be .mjs: webpack's minimizer takes a
 * .js that it only copies for a script, and stops at `export`.
 */
const threadsGlue = ['ort-wasm-simd-threaded.mjs', 'ort-threads.mjs'];

/** Workers with ONNX Runtime; the others have the core's own engine. */
const ortWorker = 'web/src/worker/main-ort.ts';

const forNode = { platform: 'node', target: 'node20' };

/** Names in dist and what each is bundled from, with the esbuild options that some need. */
const bundles = [
  {
    entryPoints: {
      index: 'web/src/index.ts',
      worker: 'web/src/worker/main.ts',
      'worker-ort': ortWorker,
      element: 'web/src/element/index.ts',
    },
  },
  // The same worker, on the runtime that can also use WebGPU.
  {
    entryPoints: { 'worker-webgpu': ortWorker },
    alias: { 'onnxruntime-web/wasm': 'onnxruntime-web/webgpu' },
  },
  {
    entryPoints: {
      heic: 'web/src/heic/index.ts',
      'heic-node': 'web/src/heic/node.ts',
      'heic-worker': 'web/src/heic/worker.ts',
      'heic-url-worker': 'web/src/heic/url-worker.ts',
    },
    external: ['libheif-js'], // LGPL-3.0: the user's own copy, never part of ours
  },
  { entryPoints: { coi: 'web/src/coi/index.ts', labels: 'web/src/labels/index.ts' } },
  // A classic script, for importScripts: its names must not meet the importer's.
  { entryPoints: { 'coi-sw': 'web/src/coi/service-worker.ts' }, format: 'iife' },
  {
    entryPoints: { node: 'web/src/node.ts' },
    ...forNode,
    inject: ['web/src/platform/node/globals.ts'],
  },
  {
    entryPoints: {
      'worker-node': 'web/src/worker/node.ts',
      'worker-node-ort': 'web/src/worker/node-ort.ts',
    },
    ...forNode,
  },
  {
    entryPoints: { cli: 'web/src/cli/main.ts' },
    ...forNode,
    // Some of its libraries are CommonJS, and ask for Node's modules by require.
    banner: {
      js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);",
    },
  },
];

// dist/site is the page's and has its own build; packed assets stay, for packing takes a while.
const kept = new Set(['site', 'models', ...Object.values(assets).map(([, name]) => `${name}.gz`)]);
mkdirSync(join(dist, 'models'), { recursive: true });
for (const folder of ['', 'models/']) {
  for (const name of readdirSync(join(dist, folder))) {
    if (!kept.has(folder + name)) rmSync(join(dist, folder, name), { recursive: true });
  }
}

const measures = {};
for (const [name, [from, to]] of Object.entries(assets)) {
  measures[name] = await packAsset(from, join(dist, `${to}.gz`));
}
/** The models that ship: their answers are held to ONNX Runtime's by the tests. */
const bundled = readdirSync(join(root, 'models/bundles'));
const held = bundled.map((name) =>
  createHash('sha256')
    .update(readFileSync(join(root, 'models/bundles', name, `${name}.onnx`)))
    .digest('hex'),
);
copyFileSync(join(ort, threadsGlue[0]), join(dist, threadsGlue[1]));

/** The element shares the library's one copy, which finds its assets by its own address. */
const besideIndex = {
  name: 'beside-index',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.\/index\.js$/ }, () => ({ path: './index.js', external: true }));
  },
};

/** The npm packages whose code is in dist, as folders in node_modules: for the bill of materials (sbom.mjs). */
const packages = new Set();
for (const bundle of bundles) {
  const { metafile } = await build({
    metafile: true,
    format: 'esm',
    ...bundle,
    plugins: [bundle.platform === 'node' ? forServers : forBrowsers, besideIndex],
    absWorkingDir: root,
    outdir: dist,
    bundle: true,
    target: 'es2022',
    minify: true,
    legalComments: 'inline', // ONNX Runtime's licence notice travels with its code
    define: {
      SHIWU_ASSETS: JSON.stringify(measures),
      SHIWU_HELD: JSON.stringify(held),
      SHIWU_VERSION: JSON.stringify(version),
    },
    logLevel: 'warning',
  });
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const path of Object.keys(inputs)) {
      const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[0];
      if (name) packages.add(name);
    }
  }
}
writeFileSync(
  join(root, 'build/bundled-packages.json'),
  `${JSON.stringify([...packages].sort(), null, 1)}\n`,
);
for (const { entryPoints } of bundles) {
  for (const name of Object.keys(entryPoints)) leaveImportsAlone(join(dist, `${name}.js`));
}
await build({
  entryPoints: { 'cli-assets': 'web/src/cli/assets.ts' },
  ...forNode,
  absWorkingDir: root,
  outdir: dist,
  bundle: true,
  format: 'esm',
  define: { SHIWU_FILES: JSON.stringify(filesLoadedBy(join(dist, 'index.js'))) },
  logLevel: 'warning',
});
execFileSync(
  process.execPath,
  [require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
  {
    cwd: root,
    stdio: 'inherit',
  },
);
