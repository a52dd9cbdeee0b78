// Can this emcc link an Embind ES6 module with SIMD and LTO, free of eval, that this Node runs?
// As a command: node smoke.mjs FOLDER-OF-EMCC   (exit status 0 or 1, the compiler's words on stderr)
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, execPath, exit, platform, stderr } from 'node:process';
import { pathToFileURL } from 'node:url';

const SOURCE = `
#include <emscripten/bind.h>
#include <wasm_simd128.h>
static int twice(int x) { return wasm_i32x4_extract_lane(wasm_i32x4_splat(x), 2) * 2; }
EMSCRIPTEN_BINDINGS(smoke) { emscripten::function("twice", &twice); }
`;
const FLAGS = [
  '-std=c++20',
  '-O2',
  '-flto',
  '-msimd128',
  '-lembind',
  '-sMODULARIZE',
  '-sEXPORT_ES6',
  '-sFILESYSTEM=0',
  '-sENVIRONMENT=web,worker,node',
  '-sDYNAMIC_EXECUTION=0',
];

/** @returns {string} '' when the compiler is good, otherwise the last lines it said */
export function smoke(binDir, env = process.env) {
  const dir = mkdtempSync(join(tmpdir(), 'shiwu-smoke-'));
  try {
    writeFileSync(join(dir, 's.cpp'), SOURCE);
    const emxx = join(binDir, platform === 'win32' ? 'em++.bat' : 'em++');
    const shell = platform === 'win32';
    const options = { cwd: dir, env, encoding: 'utf8', shell };
    const built = spawnSync(
      shell ? `"${emxx}"` : emxx,
      [...FLAGS, 's.cpp', '-o', 's.mjs'],
      options,
    );
    if (built.status !== 0) return tail(built);
    const module = JSON.stringify(pathToFileURL(join(dir, 's.mjs')).href);
    writeFileSync(
      join(dir, 'run.mjs'),
      `const m = await (await import(${module})).default();\nif (m.twice(21) !== 42) throw new Error('twice(21) is not 42');\n`,
    );
    const ran = spawnSync(execPath, ['--disallow-code-generation-from-strings', 'run.mjs'], {
      cwd: dir,
      encoding: 'utf8',
    });
    return ran.status === 0 ? '' : tail(ran);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function tail({ stdout = '', stderr: err = '', error }) {
  const text = `${error ? error.message : ''}\n${stdout ?? ''}\n${err ?? ''}`.trim();
  return text.split('\n').slice(-15).join('\n') || 'no output';
}

/** '3.1.69' from emcc's emscripten-version.txt text, or from the first line of `emcc --version` */
export const versionIn = (text) => /(\d+\.\d+\.\d+)/.exec(text)?.[1] ?? '';

export const readVersion = (root) => {
  try {
    return versionIn(readFileSync(join(root, 'emscripten-version.txt'), 'utf8'));
  } catch {
    return '';
  }
};

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) {
  const problem = argv[2] ? smoke(argv[2]) : 'usage: node smoke.mjs FOLDER-OF-EMCC';
  if (problem) stderr.write(`${problem}\n`);
  exit(problem ? 1 : 0);
}
