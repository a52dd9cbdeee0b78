// Builds the npm package's files in dist/: index.js, worker.js, their types, and the assets that the
// worker loads. Needs build/wasm-release (see scripts/build.mjs, which calls this).
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const require = createRequire(import.meta.url);

const assets = {
  core: [join(root, 'build/wasm-release/shiwu_wasm.wasm'), 'shiwu_wasm.wasm'],
  runtime: [
    join(dirname(require.resolve('onnxruntime-web/wasm')), 'ort-wasm-simd-threaded.wasm'),
    'ort-wasm-simd-threaded.wasm',
  ],
  model: [join(root, 'models/bundles/lite0/lite0.onnx'), 'models/lite0.onnx'],
};

// dist/site is the page's and has its own build.
for (const name of ['index.js', 'worker.js', 'types', 'models']) {
  rmSync(join(dist, name), { recursive: true, force: true });
}
mkdirSync(join(dist, 'models'), { recursive: true });
const bytes = {};
for (const [name, [from, to]] of Object.entries(assets)) {
  copyFileSync(from, join(dist, to));
  bytes[name] = statSync(from).size;
}

await build({
  entryPoints: {
    index: join(root, 'web/src/index.ts'),
    worker: join(root, 'web/src/worker/main.ts'),
  },
  outdir: dist,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  legalComments: 'inline', // ONNX Runtime's licence notice travels with its code
  define: { SHIWU_ASSET_BYTES: JSON.stringify(bytes) },
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
