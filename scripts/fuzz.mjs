// npm run fuzz [-- --seconds 60 --only jpeg,engine --coverage]: libFuzzer with AddressSanitizer and
// UndefinedBehaviorSanitizer over the targets of tests/fuzz, one after the other. What they learn stays in
// build/fuzz-corpus, so that the next run goes on from there. A finding ends its target, and the table says
// which file to keep under tests/fuzz/seeds once it is mended. Two more hold the core against others: `pillow`, our
// resampling against Pillow's by Atheris, and `wasm`, native against wasm. --coverage does not fuzz: it says how much of
// the core the seeds, and what was learnt so far, run; and the C++ tests.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { build, configure } from './lib/cmake.mjs';
import { coverage } from './lib/coverage.mjs';
import { compareWithWasm } from './lib/fuzz-wasm.mjs';
import { at, main, Trouble } from './lib/project.mjs';
import { which } from './lib/run.mjs';
import { findAtheris } from './toolchain/atheris.mjs';
import { findToolchain } from './toolchain/find.mjs';

const NEWEST = 22;
const OLDEST = 15; // the first whose C++20 is enough
const REMEDY =
  'Debian, Ubuntu: sudo apt-get install clang-16 libclang-rt-16-dev llvm-16; macOS: brew install llvm, and its bin folder on PATH.';

/** [seeds, target] of each run, as CMakeLists.txt has them */
function targets() {
  const text = readFileSync(at('CMakeLists.txt'), 'utf8');
  const names = /foreach\(target ([a-z_\s]+)\)\s+add_executable\(fuzz_/.exec(text)[1].split(/\s+/);
  return names.flatMap((target) => {
    const several = new RegExp(`set\\(fuzz_seeds_${target} ([a-z_ ]+)\\)`).exec(text)?.[1];
    return (several?.split(' ') ?? [target]).map((seeds) => ({ seeds, target }));
  });
}

function clang() {
  const names = ['clang++'];
  for (let version = NEWEST; version >= OLDEST; version--) names.push(`clang++-${version}`);
  for (const name of names) {
    const path = which(name);
    if (!path) continue;
    const version = Number(
      /version (\d+)/.exec(execFileSync(path, ['--version'], { encoding: 'utf8' }))?.[1],
    );
    if (version >= OLDEST) return { path, version };
  }
  throw new Trouble(`Fuzzing needs clang with libFuzzer, ${OLDEST} or newer.\n${REMEDY}`);
}

/** null, with the reason on the screen, where Atheris is not to be had and nobody has asked for it by name */
async function findPillow(wanted) {
  try {
    return await findAtheris({ onProgress: (line) => console.log(line) });
  } catch (trouble) {
    if (wanted || process.env.CI || !(trouble instanceof Trouble)) throw trouble;
    console.log(`Not run: pillow. ${trouble.message}`);
    return null;
  }
}

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' }, // for each target
    only: { type: 'string' },
    coverage: { type: 'boolean', default: false },
  },
});

await main(async () => {
  const wanted = values.only?.split(',');
  const runs = targets().filter(
    ({ seeds, target }) => !wanted || wanted.includes(seeds) || wanted.includes(target),
  );
  const withPillow = !values.coverage && (!wanted || wanted.includes('pillow'));
  const withWasm = !values.coverage && (!wanted || wanted.includes('wasm'));
  if (!runs.length && !withPillow && !withWasm)
    throw new Trouble(
      `Targets: ${[...targets().map(({ seeds }) => seeds), 'pillow', 'wasm'].join(', ')}`,
    );
  const compiler = clang();
  const tools = await findToolchain({ tests: true, onProgress: (line) => console.log(line) });
  const preset = values.coverage ? 'coverage' : 'fuzz';
  // The presets leave the compiler to this file, which knows which one there is.
  const native = { ...tools, cxx: compiler.path };
  console.log(`Building the targets with ${compiler.path} (about 2 min the first time)`);
  await configure(preset, native, { output: 'on-failure' });
  const programs = [...new Set(runs.map(({ target }) => `fuzz_${target}`))];
  if (values.coverage) programs.push('shiwu_tests');
  if (withPillow) programs.push('fuzz_resample_library');
  if (withWasm) programs.push('fuzz_outcomes');
  await build(preset, programs, native, { output: 'on-failure' });
  const folder = at('build', preset);
  if (withWasm) {
    await configure('wasm-release', tools, { output: 'on-failure' });
    await build('wasm-release', ['fuzz_outcomes'], tools, { output: 'on-failure' });
  }
  const atheris = withPillow && (await findPillow(wanted));
  if (atheris) {
    const script = at('tests/fuzz/fuzz_pillow.py');
    runs.push({
      seeds: 'pillow',
      program: atheris.python,
      words: [script, join(folder, 'fuzz_resample_library.so'), '-len_control=0'],
      env: { LD_PRELOAD: atheris.libFuzzer },
    });
  }

  const rows = [];
  for (const { seeds, target, ...other } of runs) {
    const corpus = at('build/fuzz-corpus', seeds);
    const found = join(at('build/fuzz-found'), `${seeds}-`);
    mkdirSync(corpus, { recursive: true });
    mkdirSync(dirname(found), { recursive: true });
    for (const name of readdirSync(dirname(found)))
      if (name.startsWith(`${seeds}-`)) rmSync(join(dirname(found), name));
    if (target) cpSync(at('tests/fuzz/seeds', seeds), corpus, { recursive: true });
    if (values.coverage) continue;
    const dictionary = at('tests/fuzz/dictionaries', `${seeds}.dict`);
    console.log(`${seeds} for ${values.seconds} s`);
    const { stderr, status } = spawnSync(
      other.program ?? join(folder, `fuzz_${target}`),
      [
        ...(other.words ?? []),
        corpus,
        `-max_total_time=${values.seconds}`,
        '-max_len=8192',
        '-timeout=10',
        '-rss_limit_mb=2048',
        '-print_final_stats=1',
        `-artifact_prefix=${found}`,
        ...(existsSync(dictionary) ? [`-dict=${dictionary}`] : []),
      ],
      {
        encoding: 'utf8',
        maxBuffer: 1 << 28,
        // a length that asks for too much is an error value, as everywhere
        env: {
          ...process.env,
          ASAN_OPTIONS: 'allocator_may_return_null=1',
          UBSAN_OPTIONS: 'print_stacktrace=1',
          ...other.env,
        },
      },
    );
    const number = (what) => Number(new RegExp(`${what}:\\s*(\\d+)`).exec(stderr)?.[1] ?? 0);
    const edges = [...stderr.matchAll(/ cov: (\d+) /g)].at(-1)?.[1] ?? '';
    const finding = readdirSync(dirname(found)).find((name) => name.startsWith(`${seeds}-`));
    if (status !== 0) console.error(stderr.split('\n').slice(-60).join('\n'));
    rows.push({
      target: seeds,
      runs: number('stat::number_of_executed_units'),
      'runs/s': number('stat::average_exec_per_sec'),
      edges: Number(edges),
      inputs: readdirSync(corpus).length,
      finding: status === 0 ? '' : (finding ?? `exit ${status}`),
    });
  }
  if (withWasm) {
    console.log(`wasm for ${values.seconds} s`);
    const start = performance.now();
    const { kinds, ...row } = await compareWithWasm(Number(values.seconds), at('build/fuzz-found'));
    const perSecond = Math.round((row.runs * 1000) / (performance.now() - start));
    rows.push({ target: 'wasm', runs: row.runs, 'runs/s': perSecond, finding: row.finding });
    console.table(kinds);
  }
  if (values.coverage) coverage(folder, runs, { ...compiler, remedy: REMEDY });
  else console.table(rows);
  return rows.some(({ finding }) => finding) ? 1 : 0;
});
