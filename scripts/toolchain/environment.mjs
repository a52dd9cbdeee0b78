// A tool from PyPI in a virtual environment of its own in .toolchain, fixed with its hashes by a lock beside this file.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { at, toolchainDir, windows } from '../lib/project.mjs';
import { ask, run } from '../lib/run.mjs';

/**
 * @param {string} name of the tool, its lock and its folder
 * @param {{python: string, remedy: string, onFetch: () => void}} options python: the one that it is made of
 * @returns {Promise<(program: string) => string>} paths of the programs in it
 */
export async function environment(name, { python, remedy, onFetch }) {
  const file = at('scripts/toolchain', `${name}.lock`);
  const folder = join(toolchainDir, name);
  // Its programs name the folder, and its packages lie under the Python's version: after a move, or an upgrade of the
  // system, it is made anew.
  const mark = `${folder}\n${ask(python, ['--version'])}${readFileSync(file, 'utf8')}`;
  const done = join(folder, 'shiwu-done'); // written last: a half-made environment is made anew
  const inside = (program) => join(folder, windows ? `Scripts/${program}.exe` : `bin/${program}`);
  if (existsSync(done) && readFileSync(done, 'utf8') === mark) return inside;
  onFetch();
  rmSync(folder, { recursive: true, force: true });
  await run(python, ['-m', 'venv', folder], { output: 'on-failure', remedy });
  const install = ['-m', 'pip', 'install', '--disable-pip-version-check', '--require-hashes'];
  await run(inside('python'), [...install, '--only-binary', ':all:', '-r', file], {
    output: 'on-failure',
    remedy,
  });
  writeFileSync(done, mark);
  return inside;
}
