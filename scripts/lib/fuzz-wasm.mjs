// Native against wasm: tests/fuzz/outcomes.cc, built both ways, must say the same of every input. First of the seeds and
// of what libFuzzer has learnt (build/fuzz-corpus), then of mutations of the seeds, the same in every run, until the time
// is up. Nothing is allowed to differ: sums are in the same order in both, and musl's and glibc's expf and powf are one
// algorithm. Only glibc's variant with fused multiply-add might once in some 10^8 round another way; it is switched off.
import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { at } from './project.mjs';

const EACH = 100; // mutations of a seed in one run of both programs
const PATIENCE_MS = 300_000;

const BUILDS = {
  native: [at('build/fuzz/fuzz_outcomes')],
  wasm: [execPath, at('build/wasm-release/fuzz_outcomes.js')],
};
const ENV = { ...env, GLIBC_TUNABLES: 'glibc.cpu.hwcaps=-FMA,-FMA4' };

/** what one of them says, line by line; the last line is cut where it has died */
function lines(build, words, folder) {
  const [program, ...first] = BUILDS[build];
  const file = join(folder, `${build}.txt`);
  const out = openSync(file, 'w');
  return new Promise((done, fail) => {
    const child = spawn(program, [...first, ...words], {
      stdio: ['ignore', out, 'inherit'],
      env: ENV,
      timeout: PATIENCE_MS,
    });
    child.on('error', fail);
    child.on('close', (status) => {
      closeSync(out);
      const text = readFileSync(file, 'latin1');
      // Where nothing was learnt yet there is no line.
      done({ lines: text ? text.replace(/\n$/, '').split('\n') : [], failed: status !== 0 });
    });
  });
}

/**
 * @param {number} seconds
 * @param {string} found the folder for the input of the first difference
 * @returns {Promise<{runs: number, finding: string, kinds: object[]}>}
 */
export async function compareWithWasm(seconds, found) {
  const folder = at('build/fuzz-outcomes');
  for (const each of [folder, found]) mkdirSync(each, { recursive: true });
  for (const name of readdirSync(found)) if (name.startsWith('wasm-')) rmSync(join(found, name));
  const seeds = at('tests/fuzz/seeds');
  const learnt = at('build/fuzz-corpus');
  const kinds = {};
  let runs = 0;
  const end = performance.now() + seconds * 1000;
  let seed = 1;
  const batches = [
    [seeds, 0, 0],
    ...(existsSync(learnt) ? [[learnt, 0, 0]] : []),
    [seeds, seed, EACH],
  ];
  while (batches.length || performance.now() < end) {
    const words = (batches.shift() ?? [seeds, ++seed, EACH]).map(String);
    const [native, wasm] = await Promise.all(
      Object.keys(BUILDS).map((build) => lines(build, words, folder)),
    );
    const count = Math.max(native.lines.length, wasm.lines.length);
    let other = native.lines.findIndex((line, i) => line !== wasm.lines[i]);
    if (other < 0 && (native.failed || wasm.failed || count > native.lines.length))
      other = native.lines.length - 1; // both died of it, or one has more to say
    for (const line of native.lines.slice(0, other < 0 ? count : other)) {
      const [kind, , , outcome] = line.split(' ');
      kinds[kind] ??= { inputs: 0 };
      kinds[kind].inputs++;
      kinds[kind][outcome] = (kinds[kind][outcome] ?? 0) + 1;
      runs++;
    }
    if (other < 0) continue;
    const said = { native: native.lines[other], wasm: wasm.lines[other] };
    for (const [build, line] of Object.entries(said)) console.error(`${build}: ${line}`);
    const [kind, , digest] = (said.native || said.wasm || '').split(' ');
    const file = join(folder, 'input');
    const [program] = BUILDS.native;
    // It writes the input before it looks at it, so that it may die.
    spawnSync(program, [...words, String(other), file], { env: ENV, maxBuffer: 1 << 28 });
    const finding = `wasm-${kind}-${digest}`;
    if (existsSync(file)) renameSync(file, join(found, finding));
    return { runs, finding, kinds };
  }
  return { runs, finding: '', kinds };
}
