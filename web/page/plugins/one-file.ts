import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { Plugin } from 'vite';
import { textOf } from '../single/text-coding.js';
import { sha256 } from './sha256.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Scripts of the workers, by the names under which they are started. */
const WORKERS = {
  'thumbnail-worker.js': here('../src/thumbnail/thumbnail-worker.ts'),
  'worker.js': here('../../../dist/worker.js'),
  'worker-ort.js': here('../../../dist/worker-ort.js'),
};

/** The library's packed files. The model comes last: it would be missed first in a file that was cut short. */
const PACKED = [
  'shiwu_wasm.wasm.gz',
  'shiwu_wasm_relaxed.wasm.gz',
  'ort-wasm-simd-threaded.wasm.gz',
  'models/words.tsv.gz',
  'models/lite0.onnx.gz',
];

/** Makes shiwu.html of the page's one script, its one style sheet, and the parts. */
export function oneFile(): Plugin {
  return {
    name: 'shiwu-one-file',
    apply: 'build',
    enforce: 'post', // after the style sheet is put together
    async generateBundle(_, bundle) {
      const outputs = Object.values(bundle);
      for (const { fileName } of outputs) delete bundle[fileName];
      const script = only(outputs.map((one) => (one.type === 'chunk' ? one.code : undefined)));
      const style = only(
        outputs.map((one) =>
          one.type === 'asset' && one.fileName.endsWith('.css') ? String(one.source) : undefined,
        ),
      );
      if (outputs.length !== 2 || script.includes('import.meta')) {
        this.error(`not all is inside: ${outputs.map(({ fileName }) => fileName).join(', ')}`);
      }
      const parts = [
        ...(await Promise.all(Object.entries(WORKERS).map(workerPart))),
        ...PACKED.map((name) => ({ name, packed: readFileSync(here(`../../../dist/${name}`)) })),
      ];
      for (const { name, packed } of parts) this.info(`${name}: ${packed.length} bytes packed`);
      this.info(`script: ${Buffer.byteLength(script)} bytes; style: ${Buffer.byteLength(style)}`);
      this.emitFile({ type: 'asset', fileName: 'shiwu.html', source: page(script, style, parts) });
    },
  };
}

interface Part {
  readonly name: string;
  readonly packed: Uint8Array;
}

/** A classic script, all in one: there is nothing that it could import from. */
async function workerPart([name, path]: [string, string]): Promise<Part> {
  const { outputFiles } = await build({
    entryPoints: [path],
    bundle: true,
    format: 'iife',
    target: 'es2022',
    minify: true,
    legalComments: 'inline',
    write: false,
    logLevel: 'warning',
  });
  return { name, packed: gzipSync(only(outputFiles.map(({ text }) => text)), { level: 9 }) };
}

function page(code: string, css: string, parts: readonly Part[]): string {
  const script = code.trim().replaceAll(/<(\/script|!--)/gi, '\\x3C$1');
  const style = css.trim();
  const check = readFileSync(here('../public/check.js'), 'utf8').trim();
  const icon = readFileSync(here('../public/favicon.svg'), 'utf8');
  const html = readFileSync(here('../index.html'), 'utf8');
  const changes: [from: string | RegExp, to: string][] = [
    ['<head>', `<head>\n    ${policy([check, script], style)}`],
    [/<script src="\/check.js"><\/script>/, `<script>${check}</script>`],
    ['./favicon.svg', `data:image/svg+xml,${encodeURIComponent(icon)}`],
    [/<script type="module".*<\/script>/, `<style>${style}</style>`],
    // After what it draws into, and before the parts: it draws while the browser still reads those.
    ['</body>', `  <script>${script}</script>\n${parts.map(element).join('')}  </body>`],
  ];
  return changes.reduce((text, [from, to]) => {
    if (text.search(from) < 0) throw new Error(`index.html has no ${from}`);
    return text.replace(from, () => to);
  }, html);
}

function element({ name, packed }: Part): string {
  const text = textOf(packed);
  return `    <script type="application/gzip" data-part="${name}">${text}</script>\n`;
}

/**
 * A page from a disk has no origin that 'self' could mean. So its two scripts and its one style sheet
 * are allowed by their hashes, workers by the blob: addresses that only this page can make, and what
 * is fetched is inside the page already: data: and blob: reach no network.
 */
function policy(scripts: readonly string[], style: string): string {
  const rules = [
    "default-src 'none'",
    `script-src ${scripts.map((script) => `'${sha256(script)}'`).join(' ')} 'wasm-unsafe-eval'`,
    `style-src '${sha256(style)}'`,
    'img-src blob: data:',
    'connect-src blob: data:',
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types default shiwu',
  ];
  return `<meta http-equiv="Content-Security-Policy" content="${rules.join('; ')}">`;
}

function only<T>(values: readonly (T | undefined)[]): T {
  const [first, ...others] = values.filter((value) => value !== undefined);
  if (first === undefined || others.length > 0) throw new Error('exactly one was expected');
  return first;
}
