// A small Python of the harness's own: what models/ needs as a whole includes PyTorch, which no bench uses.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { at, Trouble, windows } from '../../../scripts/lib/project.mjs';
import { run, which } from '../../../scripts/lib/run.mjs';

const FOLDER = at('build/bench-python');
const WANTED = at('tests/bench/peers/requirements.txt');
const DONE = join(FOLDER, 'done');

/** Runs a script with its arguments in that Python, which is made when there is none. */
export async function python(...words) {
  const wanted = readFileSync(WANTED, 'utf8');
  const program = windows ? join(FOLDER, 'Scripts/python.exe') : join(FOLDER, 'bin/python');
  if (!existsSync(DONE) || readFileSync(DONE, 'utf8') !== wanted) {
    const base = ['python3', 'python'].map((name) => which(name)).find(Boolean);
    if (!base) throw new Trouble('Python 3.11 or newer is needed to turn the model into others.');
    console.info('installing onnx, onnxruntime and Pillow for the bench into build/bench-python');
    await run(base, ['-m', 'venv', '--clear', FOLDER], { output: 'on-failure' });
    await run(program, ['-m', 'pip', 'install', '--disable-pip-version-check', '-r', WANTED], {
      output: 'on-failure',
    });
    writeFileSync(DONE, wanted);
  }
  const { output } = await run(program, words, { output: 'on-failure' });
  return output;
}
