// node tests/bench/cpp.mjs: the C++ core alone, by Google Benchmark, natively and as wasm, and how many
// instructions callgrind counts. Nothing here passes or fails.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { execPath } from 'node:process';
import { parseArgs } from 'node:util';
import { build, configure } from '../../scripts/lib/cmake.mjs';
import { at, main, shown, Trouble } from '../../scripts/lib/project.mjs';
import { ask, run, which } from '../../scripts/lib/run.mjs';
import { findToolchain } from '../../scripts/toolchain/find.mjs';
import { photoOf } from './support/photos.mjs';

const HELP = `node tests/bench/cpp.mjs [options]

  --only LIST       of native, wasm, counts; default: all
  --filter REGEX    names of benchmarks
  --photo FILE      the JPEG that is decoded for times; default: one of 4 megapixels, drawn in Chromium
  --repetitions N   of which the best is shown; default 9
  --json FILE       where figures are kept; default build/bench/cpp.json
  --renew           make the counted instructions the ones that later counts are compared with
`;

const OPTIONS = {
  only: { type: 'string', default: 'native,wasm,counts' },
  filter: { type: 'string', default: '.' },
  photo: { type: 'string' },
  repetitions: { type: 'string', default: '9' },
  json: { type: 'string', default: at('build/bench/cpp.json') },
  renew: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

const BASELINE = at('tests/bench/cpp/counts.json');
/** Counts of one compiler are the same to the instruction, but for what the loader and libc do. */
const TOLERANCE = 0.01;

/** The command that runs the benchmarks of a preset, built. */
async function built(preset, tools) {
  await configure(preset, tools);
  await build(preset, ['shiwu_bench'], tools, { output: 'on-failure' });
  const program = at('build', preset, 'shiwu_bench');
  // Without Liftoff: what V8 runs after a while is what is measured.
  return preset.startsWith('wasm')
    ? [execPath, '--no-liftoff', '--no-wasm-lazy-compilation', `${program}.js`]
    : [program];
}

async function answer(command, words) {
  const [program, ...first] = command;
  const { output } = await run(program, [...first, ...words, '--benchmark_format=json'], {
    output: 'on-failure',
  });
  return JSON.parse(output.slice(output.indexOf('{\n'), output.lastIndexOf('}') + 1)).benchmarks;
}

const MICROSECONDS = { ns: 1e-3, us: 1, ms: 1e3, s: 1e6 };

/**
 * Microseconds of each benchmark, the best of its repetitions: of processor time, but under Node, where C++ is
 * told no other, of time that passed.
 */
async function times(command, { filter, photo, repetitions }) {
  const found = await answer(command, [
    `--photo=${photo}`,
    `--benchmark_filter=${filter}`,
    `--benchmark_repetitions=${repetitions}`,
    '--benchmark_enable_random_interleaving=true',
    '--benchmark_min_time=0.05',
    '--benchmark_min_warmup_time=0.05',
  ]);
  const best = {};
  for (const { run_type, run_name, cpu_time, time_unit } of found) {
    if (run_type !== 'iteration') continue;
    const us = cpu_time * MICROSECONDS[time_unit];
    best[run_name] = Math.min(best[run_name] ?? us, us);
  }
  return best;
}

/** Instructions of one repetition of each benchmark, with the photo of the fixtures. */
async function counts([program], filter) {
  const names = ask(program, ['--benchmark_list_tests', `--benchmark_filter=${filter}`]);
  const counted = {};
  for (const name of names.split('\n').filter(Boolean)) {
    const exactly = `^${name.replaceAll(/[.*+?()|[\]\\]/g, '\\$&')}$`;
    const words = [
      '--tool=callgrind',
      '--callgrind-out-file=/dev/null',
      '--toggle-collect=*Measured*',
      program,
      `--benchmark_filter=${exactly}`,
      '--benchmark_min_time=0',
    ];
    // Its figures go to stderr, which run() keeps with the rest.
    const { output } = await run('valgrind', [...words, '--benchmark_format=json'], {
      output: 'on-failure',
    });
    const total = Number(/Collected : (\d+)/.exec(output)?.[1]);
    const iterations = Number(/"iterations": (\d+)/.exec(output)?.[1]);
    counted[name] = Math.round(total / iterations);
  }
  return counted;
}

const grouped = (n) => Math.round(n).toLocaleString('en');

function table(head, rows) {
  const lines = [head, head.map(() => '---'), ...rows];
  const widths = head.map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  const padded = lines.map((line) => line.map((cell, i) => cell.padEnd(widths[i])).join(' | '));
  return padded.map((line) => `| ${line} |`).join('\n');
}

function compare(counted, baseline) {
  return Object.entries(counted).map(([name, count]) => {
    const before = baseline[name];
    const change = before ? count / before - 1 : 0;
    const remark = !before
      ? 'new'
      : Math.abs(change) <= TOLERANCE
        ? ''
        : `${change > 0 ? 'more: +' : 'less: '}${(100 * change).toFixed(1)} %`;
    return [name, grouped(count), before ? grouped(before) : '', remark];
  });
}

await main(async () => {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) return console.info(HELP);
  const only = values.only.split(',');
  const tools = await findToolchain({ benchmarks: true, onProgress: console.info });
  const compiler = ask(tools.cxx, ['--version']).split('\n')[0];
  const file = resolve(values.json);
  const results = { date: new Date().toISOString().slice(0, 10), compiler, times: {} };
  const native = only.some((word) => word !== 'wasm') ? await built('native-release', tools) : [];

  const timed = ['native', 'wasm'].filter((word) => only.includes(word));
  if (timed.length > 0) {
    const photo = values.photo ? resolve(values.photo) : await photoOf(4);
    const settings = { ...values, photo };
    if (timed.includes('native')) results.times.native = await times(native, settings);
    if (timed.includes('wasm'))
      results.times.wasm = await times(await built('wasm-release', tools), settings);
    const names = Object.keys(results.times[timed[0]]).sort();
    const cell = (word, name) => (results.times[word][name] / 1000).toFixed(3);
    console.info('\nMilliseconds, the best of all repetitions\n');
    console.info(
      table(
        ['', ...timed],
        names.map((name) => [name, ...timed.map((word) => cell(word, name))]),
      ),
    );
  }

  if (only.includes('counts')) {
    if (!which('valgrind')) throw new Trouble('Counts need valgrind: apt install valgrind');
    results.counts = await counts(native, values.filter);
    const known = existsSync(BASELINE) ? JSON.parse(readFileSync(BASELINE, 'utf8')) : {};
    if (known.compiler && known.compiler !== compiler) {
      console.info(`\nThe baseline was counted with another compiler: ${known.compiler}`);
    }
    console.info('\nInstructions of one repetition\n');
    console.info(
      table(['', 'now', 'baseline', ''], compare(results.counts, known.instructions ?? {})),
    );
    if (values.renew) {
      const instructions = { ...known.instructions, ...results.counts };
      writeFileSync(BASELINE, `${JSON.stringify({ compiler, instructions }, null, 2)}\n`);
    }
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, null, 1)}\n`);
  console.info(`\nfigures: ${shown(file)}`);
});
