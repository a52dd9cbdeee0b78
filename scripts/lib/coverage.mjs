// How much of the core the C++ tests run, the fuzz targets' inputs, and both: lines, branches and functions of each
// file, counted by clang in the preset `coverage`.
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { at, Trouble } from './project.mjs';
import { which } from './run.mjs';

const SOURCES = ['wasm/src', 'wasm/include'];
const BY = ['tests', 'fuzzing', 'both'];

/**
 * @param {string} folder the build's
 * @param {{seeds: string, target: string}[]} runs of the fuzz targets
 * @param {{version: number, remedy: string}} compiler the clang that built it
 */
export function coverage(folder, runs, compiler) {
  const tool = (name) => {
    const path = which(`${name}-${compiler.version}`) || which(name);
    if (!path) throw new Trouble(`${name} ${compiler.version} is missing.\n${compiler.remedy}`);
    return path;
  };
  const merge = tool('llvm-profdata');
  const report = tool('llvm-cov');

  const profile = (name, program, args) => {
    const file = join(folder, `${name}.profraw`);
    const { status } = spawnSync(join(folder, program), args, {
      env: { ...process.env, LLVM_PROFILE_FILE: file },
      stdio: 'ignore',
    });
    if (status !== 0) throw new Trouble(`${program} ${args.join(' ')} failed: run it by hand.`);
    return file;
  };
  const tests = [profile('tests', 'shiwu_tests', [])];
  const fuzzing = runs.map(({ seeds, target }) =>
    profile(`fuzz-${seeds}`, `fuzz_${target}`, ['-runs=0', at('build/fuzz-corpus', seeds)]),
  );

  const programs = ['shiwu_tests', ...new Set(runs.map(({ target }) => `fuzz_${target}`))];
  const [first, ...others] = programs.map((name) => join(folder, name));
  const count = (name, raw) => {
    const data = join(folder, `${name}.profdata`);
    execFileSync(merge, ['merge', '-sparse', ...raw, '-o', data]);
    const said = execFileSync(
      report,
      [
        'export',
        '-summary-only',
        `-instr-profile=${data}`,
        first,
        ...others.map((file) => `-object=${file}`),
        ...SOURCES.map((source) => at(source)),
      ],
      { encoding: 'utf8', maxBuffer: 1 << 26 },
    );
    return JSON.parse(said).data[0].files;
  };
  const [byTests, byFuzzing, byBoth] = [
    count('tests', tests),
    count('fuzzing', fuzzing),
    count('both', [...tests, ...fuzzing]),
  ];
  const rows = byBoth.map(({ filename, summary }, i) =>
    row(filename.slice(at('wasm/').length), [byTests[i].summary, byFuzzing[i].summary, summary]),
  );
  const all = [byTests, byFuzzing, byBoth].map((files) => sum(files.map((file) => file.summary)));
  console.table([...rows, row('all', all)]);
}

function row(file, summaries) {
  const parts = ['lines', 'branches', 'functions'].flatMap((what) =>
    BY.map((by, i) => [`${what}: ${by}`, percent(summaries[i][what])]),
  );
  return { file, ...Object.fromEntries(parts) };
}

const percent = ({ covered, count }) => (count ? Number(((100 * covered) / count).toFixed(1)) : '');

const sum = (summaries) =>
  Object.fromEntries(
    ['lines', 'branches', 'functions'].map((what) => [
      what,
      {
        covered: summaries.reduce((n, one) => n + one[what].covered, 0),
        count: summaries.reduce((n, one) => n + one[what].count, 0),
      },
    ]),
  );
