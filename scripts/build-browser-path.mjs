// Builds build/browser-path.mjs: the library's own TypeScript as a program for Node, which
// `shiwu-models verify` and `shiwu-models bench` run beside PyTorch and ONNX Runtime. Needs
// build/wasm-release (see scripts/build.mjs, which calls this).
import { argv, versions } from 'node:process';
import { pathToFileURL } from 'node:url';
import { unlessFresh } from './lib/fresh.mjs';
import { at, main } from './lib/project.mjs';

/** @returns {Promise<boolean>} whether it was built: false when nothing had changed */
export function buildBrowserPath() {
  const outfile = at('build/browser-path.mjs');
  return unlessFresh(
    {
      stamp: at('build/stamps/browser-path'),
      inputs: [
        'build/wasm-release/shiwu_wasm.mjs',
        'models/browser_path',
        'web/src',
        'scripts/build-browser-path.mjs',
        'package-lock.json',
      ].map((path) => at(path)),
      outputs: [outfile],
      command: ['build-browser-path', versions.node],
    },
    async () => {
      // Not at the head of the file: build.mjs is loaded before `npm ci` has brought esbuild.
      const { build } = await import('esbuild');
      await build({
        entryPoints: [at('models/browser_path/main.ts')],
        outfile,
        bundle: true,
        platform: 'node',
        format: 'esm',
        target: 'node20',
        external: ['onnxruntime-web'], // it looks for its own files beside itself
        logLevel: 'warning',
      });
    },
  );
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) {
  await main(async () => {
    await buildBrowserPath();
  });
}
