// node scripts/build.mjs [wasm] [lib] [site] [single]     (no word: the first three)
//   wasm   build/wasm-release/shiwu_wasm.{mjs,wasm,d.mts}   the C++ core through Emscripten, and
//          build/wasm-release/shiwu_wasm_relaxed.wasm       the same with relaxed SIMD
//   lib    dist/*.js, dist/*.gz, dist/models, dist/types   the npm package's files, and
//          build/browser-path.mjs                          the same path for shiwu-models verify
//   site   dist/site                                         the static page
//   single build/single/shiwu.html                           the page in one file, which opens from a disk
// A part whose inputs did not change since is left as it is.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { argv, execPath, versions } from 'node:process';
import { pathToFileURL } from 'node:url';
import { buildBrowserPath } from './build-browser-path.mjs';
import { build, configure } from './lib/cmake.mjs';
import { unlessFresh } from './lib/fresh.mjs';
import { installNodeModules } from './lib/node-modules.mjs';
import { at, main, Trouble } from './lib/project.mjs';
import { nodeTool, run } from './lib/run.mjs';
import { Steps } from './lib/steps.mjs';
import { findToolchain } from './toolchain/find.mjs';

const WASM = [
  'shiwu_wasm.mjs',
  'shiwu_wasm.wasm',
  'shiwu_wasm_relaxed.wasm',
  'shiwu_wasm.d.mts',
].map((file) => at('build/wasm-release', file));

/** @param {object} options as of run(): output, onLine */
export async function buildWasm(tools, options) {
  await configure('wasm-release', tools, options);
  await build('wasm-release', ['shiwu_wasm', 'shiwu_wasm_relaxed'], tools, options);
  const [glue, relaxed] = ['shiwu_wasm', 'shiwu_wasm_relaxed'].map((name) =>
    readFileSync(at('build/wasm-release', `${name}.mjs`), 'utf8').replaceAll(name, 'core'),
  );
  if (glue !== relaxed) throw new Error('the two builds of the core need different glue');
}

/** @returns {Promise<boolean>} whether it was built: false when nothing had changed */
export async function buildLib(options) {
  const lacking = WASM.find((file) => !existsSync(file));
  if (lacking)
    throw new Trouble(`${lacking} is missing. Build it first: node scripts/build.mjs wasm lib`);
  const builtPath = await buildBrowserPath();
  const built = await unlessFresh(
    {
      stamp: at('build/stamps/lib'),
      inputs: [
        ...WASM,
        ...['web/src', 'models/bundles', 'models/labels'].map((path) => at(path)),
        ...['build-lib.mjs', 'lib/bundlers.mjs', 'lib/pack-asset.mjs'].map((name) =>
          at('scripts', name),
        ),
        ...['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'].map(
          (path) => at(path),
        ),
      ],
      outputs: ['dist/index.js', 'dist/node.js', 'dist/cli.js', 'dist/types/index.d.ts'].map(
        (path) => at(path),
      ),
      command: ['build-lib', versions.node],
    },
    () => run(execPath, [at('scripts/build-lib.mjs')], options),
  );
  return built || builtPath;
}

export const buildSite = (options) =>
  buildPage(
    {
      name: 'site',
      config: 'web/page/vite.config.ts',
      inputs: ['models/bundles/lite2'],
      output: 'dist/site/index.html',
    },
    options,
  );

export const buildSingle = (options) =>
  buildPage(
    {
      name: 'single',
      config: 'web/page/vite.single.config.ts',
      inputs: [],
      output: 'build/single/shiwu.html',
    },
    options,
  );

async function buildPage({ name, config, inputs, output }, options) {
  if (!existsSync(at('dist/index.js'))) {
    throw new Trouble(
      'dist/index.js is missing, which the page uses. Build it first: node scripts/build.mjs',
    );
  }
  const library = readdirSync(at('dist')).filter((file) => file !== 'site');
  return unlessFresh(
    {
      stamp: at('build/stamps', name),
      inputs: [
        ...['web/page', 'tsconfig.json', 'package-lock.json', ...inputs].map((path) => at(path)),
        ...library.map((file) => at('dist', file)),
      ],
      outputs: [at(output)],
      command: ['vite build', versions.node],
    },
    () => nodeTool('vite/bin/vite.js', ['build', '-c', config], options),
  );
}

const unchanged = (built) => (built ? '' : 'nothing to do 无需更新');

/** what start.mjs and this command both do, as numbered steps */
export function buildSteps(parts) {
  const all = [
    [
      'set-up',
      'npm packages 安装依赖',
      'npm ci, about 30 s the first time',
      async (show) => unchanged(await installNodeModules({ onLine: show.passing })),
    ],
    [
      'wasm',
      'Toolchain 工具链',
      'CMake, Ninja, stb, Highway, Emscripten: about 1 min when they must be set up',
      async (show, state) => {
        state.tools = await findToolchain({ onProgress: show });
        return `Emscripten ${state.tools.emccVersion}`;
      },
    ],
    [
      'wasm',
      'C++ to WebAssembly 编译 C++',
      'about 1 min the first time',
      async (show, state) => {
        await buildWasm(state.tools, { output: 'on-failure', onLine: show.passing });
      },
    ],
    [
      'lib',
      'Library 构建程序库',
      'about 10 s',
      async () => unchanged(await buildLib({ output: 'on-failure' })),
    ],
    [
      'site',
      'Page 构建网页',
      'about 5 s',
      async () => unchanged(await buildSite({ output: 'on-failure' })),
    ],
    [
      'single',
      'Page in one file 单文件网页',
      'about 5 s',
      async () => unchanged(await buildSingle({ output: 'on-failure' })),
    ],
  ].filter(([part]) => part === 'set-up' || parts.includes(part));
  return {
    count: all.length,
    async run(steps) {
      const state = {};
      for (const [, title, usually, body] of all)
        await steps.step({ title, usually }, (show) => body(show, state));
    },
  };
}

/** What is built when no part is named. */
export const PARTS = ['wasm', 'lib', 'site'];
const ALL = [...PARTS, 'single'];

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) {
  await main(async () => {
    const wanted = argv.slice(2);
    const unknown = wanted.find((word) => !ALL.includes(word));
    if (unknown)
      throw new Trouble(
        `"${unknown}" is not a part. Parts: ${ALL.join(', ')}; none of them: ${PARTS.join(', ')}.`,
      );
    const work = buildSteps(wanted.length ? wanted : PARTS);
    await work.run(new Steps(work.count));
  });
}
