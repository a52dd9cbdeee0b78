// node tests/browsers/cases/table.mjs FOLDER [OUT.md]: every picture and model of a folder, as Pillow with ONNX Runtime,
// Node, Chromium, Firefox and WebKit name it; a table. Needs the built library (npm run build). Measures; never fails.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { at, main, root, Trouble } from '../../../scripts/lib/project.mjs';
import { run } from '../../../scripts/lib/run.mjs';
import { findBrowser } from '../../../scripts/toolchain/browser.mjs';
import { findEngine } from '../../../scripts/toolchain/engines.mjs';
import { findPython } from '../../../scripts/toolchain/python.mjs';
import { serve } from '../../support/serve.mjs';
import { look } from './page.mjs';

const base64 = (path) => readFileSync(path).toString('base64');

/** The drivers are TypeScript, which Playwright reads as it is and Node 20 does not. */
async function drivers() {
  const outfile = at('build/browsers-drivers.mjs');
  await build({
    stdin: {
      contents: "export * from './puppeteer.js'; export * from './webkit.js';",
      resolveDir: at('tests/browsers/drivers'),
    },
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
  });
  return import(pathToFileURL(outfile).href);
}

async function reference(folder) {
  const { python } = await findPython();
  const { output } = await run(python, [at('tests/browsers/cases/reference.py'), folder], {
    cwd: at('models'),
    env: { PYTHONPATH: at('models'), PYTHONUTF8: '1' },
    output: 'on-failure',
  });
  return JSON.parse(output.trim().split('\n').at(-1));
}

function toAsk(folder, said) {
  const files = readdirSync(folder, { recursive: true }).map(String);
  return Object.keys(said).map((file) => {
    if (!file.endsWith('.onnx')) return { file, picture: base64(join(folder, file)), model: null };
    const data = files.includes(`${file}.data`) ? base64(join(folder, `${file}.data`)) : null;
    const model = {
      name: basename(file),
      file: base64(join(folder, file)),
      data,
      classes: said[file].classes ?? 1,
    };
    return { file, picture: base64(join(folder, 'img/ref.png')), model };
  });
}

async function column(asked, ask) {
  const answers = {};
  for (const { file, picture, model } of asked) {
    answers[file] = await ask(picture, model ? 'ref.png' : basename(file), model);
  }
  return answers;
}

const cell = (answer) =>
  answer.error ? `*${answer.error}*` : `${answer.label} ${answer.score.toFixed(5)}`;

await main(async () => {
  const [, , given, out] = argv;
  if (!given) throw new Trouble('Usage: node tests/browsers/cases/table.mjs FOLDER [OUT.md]');
  const folder = resolve(given);
  const said = await reference(folder);
  const asked = toAsk(folder, said);
  const columns = { 'Pillow + ONNX Runtime': said };
  const entry = at('dist/node.js');
  columns.Node = await column(asked, (...what) => look(pathToFileURL(entry).href, ...what));

  const { startChromium, startFirefox, startWebKit } = await drivers();
  const firefox = await findEngine('firefox');
  const webkit = await findEngine('webkit');
  const server = await serve(root);
  const starts = [
    async () => startChromium((await findBrowser()).executablePath),
    () => startFirefox(firefox.FIREFOX_PATH),
    () => startWebKit(webkit.WEBKIT_DRIVER_PATH, webkit.XVFB_PATH),
  ];
  for (const start of starts) {
    const driver = await start();
    const tab = await driver.openTab();
    await tab.open(server.url);
    columns[driver.name] = await column(asked, (...what) =>
      tab.evaluate(look, '/dist/index.js', ...what),
    );
    await tab.close();
    await driver.close();
  }
  server.close();

  const names = Object.keys(columns);
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const rows = asked.map(({ file }) =>
    line([`\`${file}\``, ...names.map((name) => cell(columns[name][file]))]),
  );
  const table = [line(['file', ...names]), line(['---', ...names.map(() => '---')]), ...rows];
  console.log(table.join('\n'));
  if (out) {
    mkdirSync(resolve(out, '..'), { recursive: true });
    writeFileSync(out, `${table.join('\n')}\n`);
  }
  // The library's workers would keep Node alive.
  process.exit(0);
});
