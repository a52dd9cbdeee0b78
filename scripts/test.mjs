// npm test [-- --full | --only native,wasm,unit]: every proof, in stages. A stage that fails does not stop the
// stages that can do without it. What a stage needs (packages, tools, the built library) is made by whichever
// stage comes first, so any selection works from a fresh clone.
import { readFileSync } from 'node:fs';
import process, { argv } from 'node:process';
import { parseArgs } from 'node:util';
import { buildLib, buildSingle, buildSite, buildWasm } from './build.mjs';
import { build, configure, ctest, testNames } from './lib/cmake.mjs';
import { installNodeModules } from './lib/node-modules.mjs';
import { at, main, Trouble } from './lib/project.mjs';
import { npm, seconds } from './lib/run.mjs';
import { bold, dim, green, red, Steps, width } from './lib/steps.mjs';
import { findBrowser, findShell } from './toolchain/browser.mjs';
import { findToolchain } from './toolchain/find.mjs';

// Each is done at most once; when it failed, the stages that need it say so in one line.
const say = (line) => console.log(`    ${line}`);
const needs = {};
const need = (name, make) => {
  const state = { promise: null };
  needs[name] = () => {
    if (state.promise)
      return state.promise.catch(() => {
        throw new Trouble(`Not run: it needs ${name}, which failed above.`);
      });
    state.promise = Promise.resolve().then(make);
    return state.promise;
  };
};
need('the npm packages', () => installNodeModules({ onLine: undefined }));
need('the tools', async () => {
  const [tools] = await Promise.all([
    findToolchain({ tests: true, onProgress: say }),
    needs['the npm packages'](), // Emscripten's --emit-tsd runs TypeScript
  ]);
  return tools;
});
need('the wasm build', async () => buildWasm(await needs['the tools']()));
need('the library', async () => {
  await needs['the wasm build']();
  return buildLib();
});
need('the page', async () => {
  await needs['the library']();
  return buildSite();
});
need('the page in one file', async () => {
  await needs['the library']();
  return buildSingle();
});

const script = async (name, ...args) => {
  await needs['the npm packages']();
  await npm(['run', '--silent', name, '--', ...args], { output: 'through' });
};
const hasScript = (name) =>
  Boolean(JSON.parse(readFileSync(at('package.json'), 'utf8')).scripts?.[name]);

const built = async (preset, targets) => {
  const tools = await needs['the tools']();
  await configure(preset, tools, { output: 'through' });
  await build(preset, targets, tools, { output: 'through' });
  return tools;
};
const testsOf = async (preset, ...alsoBuilt) => {
  const tools = await built(preset, ['shiwu_tests', ...alsoBuilt]);
  await ctest(preset, tools, ['--label-exclude', 'seeds'], { output: 'through' });
  say(`${testNames(preset).length} C++ tests in this build`);
};
/** What fuzzing has found, and begins from. */
const seedsOf = async (preset) => {
  const tools = await built(preset, ['shiwu_fuzz_seeds']);
  await ctest(preset, tools, ['--label-regex', 'seeds'], { output: 'through' });
};

const inChromium = async (...projects) => {
  await needs['the page']();
  await needs['the page in one file']();
  const { executablePath } = await findBrowser({ onProgress: say });
  process.env.CHROME_SHELL_PATH ??= await findShell(executablePath, { onProgress: say });
  process.env.CHROME_PATH = executablePath;
  await script('test:e2e', ...projects.flatMap((name) => ['--project', name]));
};

/**
 * The same again in another shape, only with --full or by name: the C++ as it runs natively, under sanitizers (it
 * ships as wasm), what fuzzing begins from as wasm, and the page by finger and in little room.
 */
const AGAIN = ['native', 'seeds', 'phone', 'narrow'];

const STAGES = [
  [
    'tools',
    'Packages and tools 依赖与工具链',
    'about 1 min when everything must be set up',
    async () => {
      const tools = await needs['the tools']();
      say(`Emscripten ${tools.emccVersion}; native compiler ${tools.cxx}`);
    },
  ],
  [
    'native',
    'C++ native, ASan + UBSan 原生测试',
    'about 2 min the first time',
    async () => {
      await testsOf('native-asan');
      await seedsOf('native-asan');
    },
  ],
  [
    'wasm',
    'C++ as WebAssembly under Node 测试 wasm',
    'about 90 s the first time',
    // The modules that ship in one go with the tests: neither waits for the other's linker.
    () => testsOf('wasm-release', 'shiwu_wasm', 'shiwu_wasm_relaxed'),
  ],
  [
    'seeds',
    'Fuzzing’s seeds as WebAssembly 模糊测试种子',
    'about 1 min the first time',
    async () => {
      await needs['the wasm build']();
      await seedsOf('wasm-release');
    },
  ],
  [
    'build',
    'Library and page 构建',
    'about 20 s',
    async () => {
      await needs['the page']();
      await needs['the page in one file']();
    },
  ],
  [
    'lint',
    'Types, lint and format 类型与代码风格',
    'about 10 s',
    async () => {
      await needs['the library'](); // the page and the tests see the library's own types
      await script('lint');
    },
  ],
  [
    'package',
    'Package and its docs 软件包与文档',
    'about 20 s',
    async () => {
      await needs['the library']();
      const { checkPackage } = await import('./check-package.mjs'); // itself made of npm packages
      await checkPackage(say);
      await script('docs'); // fails where something public is not documented
    },
  ],
  [
    'unit',
    'Unit tests 单元测试',
    'about 40 s',
    async () => {
      await needs['the library'](); // some run the package's files as Node programs do
      await script('test:unit');
    },
  ],
  ...(hasScript('size')
    ? [
        [
          'size',
          'Size gate 体积',
          'a few seconds',
          async () => {
            await needs['the page']();
            await needs['the page in one file']();
            await script('size');
          },
        ],
      ]
    : []),
  ['e2e', 'In Chromium 浏览器测试', 'about 7 min on two cores', () => inChromium('desktop')],
  [
    'phone',
    'In Chromium, by finger 手机测试',
    'about 2 min on two cores',
    () => inChromium('phone'),
  ],
  [
    'narrow',
    'In Chromium, as narrow as a phone 窄屏测试',
    'about 3 min on two cores',
    () => inChromium('narrow'),
  ],
];

function chosen() {
  let values;
  try {
    ({ values } = parseArgs({
      args: argv.slice(2),
      options: {
        only: { type: 'string' },
        full: { type: 'boolean' },
        list: { type: 'boolean' },
      },
    }));
  } catch (error) {
    throw new Trouble(
      `${error.message}\nUsage: npm test -- [--full | --only ${STAGES.map(([id]) => id).join(',')}]`,
    );
  }
  if (values.list) return null;
  if (values.full) {
    process.env.SHIWU_FULL = '1'; // tests that are as long as one likes are longer
    return STAGES;
  }
  if (!values.only) return STAGES.filter(([id]) => !AGAIN.includes(id));
  const words = values.only
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean);
  const unknown = words.find((word) => !STAGES.some(([id]) => id === word));
  if (unknown || !words.length)
    throw new Trouble(
      `There is no stage "${unknown ?? ''}". Stages: ${STAGES.map(([id]) => id).join(', ')}`,
    );
  return STAGES.filter(([id]) => words.includes(id));
}

await main(async () => {
  const stages = chosen();
  if (!stages) {
    for (const [id, title] of STAGES) console.log(`${id.padEnd(8)} ${title}`);
    return 0;
  }
  const steps = new Steps(stages.length);
  const rows = [];
  for (const [id, title, usually, body] of stages) {
    const started = performance.now();
    let passed = true;
    let said = '';
    try {
      await steps.step({ title, usually, streams: true }, async () => {
        await body();
      });
    } catch (error) {
      passed = false;
      const why = error instanceof Trouble ? error.message : error.stack;
      console.error(why);
      said = [error.tail, why].filter(Boolean).join('\n');
    }
    rows.push({ id, title, passed, said, ms: performance.now() - started });
    console.log('');
  }
  // Minutes of other stages may stand between a failure and whoever reads the end.
  for (const { title, said } of rows.filter(({ passed }) => !passed))
    console.log(`${red('✗')} ${bold(title)}\n${said}\n`);
  const wide = Math.max(...rows.map(({ title }) => width(title)));
  for (const { id, title, passed, ms } of rows) {
    const mark = passed ? green('✓') : red('✗');
    console.log(
      `${mark} ${id.padEnd(7)} ${title}${' '.repeat(wide - width(title))}  ${dim(seconds(ms).padStart(12))}`,
    );
  }
  console.log(bold(`${' '.repeat(10)}total ${seconds(steps.elapsed)}`));
  const failed = rows.filter(({ passed }) => !passed).length;
  console.log(`${rows.length - failed} passed, ${failed} failed`);
  return failed ? 1 : 0;
});
