// Configures a preset when that is needed, and builds targets of it. Ninja decides what is to be compiled.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { execPath } from 'node:process';
import { at, Trouble } from './project.mjs';
import { ask, pathWith, run } from './run.mjs';

const jobs = () => String(availableParallelism());

/** TypeScript 5's tsc must be on PATH for Emscripten's --emit-tsd */
const buildEnv = (tools) => ({
  ...tools.env,
  PATH: pathWith(at('node_modules/.bin'), ...tools.path),
});

/** the C compiler that came with this C++ compiler, '' where CMake must look for one itself */
function cTwin(cxx) {
  const file = basename(cxx).replace('clang++', 'clang').replace('g++', 'gcc').replace('c++', 'cc');
  const twin = join(dirname(cxx), file);
  return existsSync(twin) ? twin : '';
}

function definitions(preset, tools) {
  const wasm = preset.startsWith('wasm');
  return Object.entries({
    SHIWU_STB_INCLUDE_DIR: tools.stbInclude,
    SHIWU_HWY_INCLUDE_DIR: tools.hwyInclude,
    SHIWU_JPEG_SOURCE_DIR: tools.jpegSource,
    SHIWU_GTEST_SOURCE_DIR: tools.gtestSource,
    SHIWU_BENCHMARK_SOURCE_DIR: tools.benchmarkSource,
    CMAKE_MAKE_PROGRAM: tools.ninja,
    // A newer compiler has warnings that we have not seen: they must not stop a stranger's build.
    CMAKE_COMPILE_WARNING_AS_ERROR: process.env.CI ? 'ON' : '',
    CMAKE_TOOLCHAIN_FILE: wasm ? tools.emscriptenToolchainFile : '',
    CMAKE_C_COMPILER: wasm ? '' : cTwin(tools.cxx),
    CMAKE_CXX_COMPILER: wasm ? '' : tools.cxx,
  }).flatMap(([name, value]) => (value ? [`-D${name}=${value}`] : []));
}

/** @param {{output?: string, onLine?: (line: string) => void}} options as of run() */
export async function configure(preset, tools, options = {}) {
  const folder = at('build', preset);
  const args = ['--preset', preset, ...definitions(preset, tools)];
  const presets = readFileSync(at('CMakePresets.json'));
  const print = createHash('sha256')
    .update(presets)
    .update(JSON.stringify([args, tools.emccVersion]))
    .digest('hex');
  const stamp = join(folder, '.configured');
  if (
    existsSync(join(folder, 'build.ninja')) &&
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === print
  )
    return;
  // a cache made with other tools would keep them
  rmSync(join(folder, 'CMakeCache.txt'), { force: true });
  rmSync(join(folder, 'CMakeFiles'), { recursive: true, force: true });
  await run(tools.cmake, args, { env: buildEnv(tools), output: 'on-failure', ...options });
  writeFileSync(stamp, print);
}

export const build = (preset, targets, tools, options = {}) =>
  run(tools.cmake, ['--build', at('build', preset), '--parallel', jobs(), '--target', ...targets], {
    env: buildEnv(tools),
    ...options,
  });

/** @param {string[]} which arguments of ctest that choose among the tests */
export const ctest = (preset, tools, which = [], options = {}) =>
  run(
    tools.ctest,
    [
      '--test-dir',
      at('build', preset),
      '--output-on-failure',
      '--no-tests=error',
      '--parallel',
      jobs(),
      ...which,
    ],
    {
      ...options,
      env: {
        ...buildEnv(tools),
        // a sanitizer's finding must name its line and end the test
        UBSAN_OPTIONS: process.env.UBSAN_OPTIONS ?? 'print_stacktrace=1:halt_on_error=1',
      },
    },
  );

/**
 * The names of the C++ tests that this build really runs. ctest is content with a program that does nothing and
 * ends with 0, as a wasm module is whose main is never called; so the program itself is asked.
 */
export function testNames(preset) {
  const folder = at('build', preset);
  const file = readdirSync(folder).find((name) => /^shiwu_tests(\.(exe|js|mjs|cjs))?$/.test(name));
  const words = ['--gtest_list_tests'];
  const said = !file
    ? ''
    : /js$/.test(file)
      ? ask(execPath, [join(folder, file), ...words])
      : ask(join(folder, file), words);
  const names = [];
  let suite = '';
  for (const line of said.split(/\r?\n/)) {
    const word = line.split('#')[0].trimEnd();
    if (/^\S+\.$/.test(word)) suite = word;
    else if (/^ {2}\S/.test(word) && suite) names.push(suite + word.trim());
  }
  if (!names.length)
    throw new Trouble(
      `build/${preset}/${file ?? 'shiwu_tests'} runs no test: its main is not called, or it does not start. Run it by hand with --gtest_list_tests.`,
    );
  return names;
}
