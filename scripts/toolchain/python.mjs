// A Python with what models/ needs. In order: the one named by SHIWU_PYTHON; one that has everything already; the
// one that we made before; a new virtual environment in .toolchain/models, which borrows a PyTorch that is already
// on the machine, because PyTorch alone takes several GB.
// As a command: node scripts/toolchain/python.mjs   prints its path.
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { argv, env } from 'node:process';
import { pathToFileURL } from 'node:url';
import { at, main, older, shown, Trouble, toolchainDir, windows } from '../lib/project.mjs';
import { ask, run, which } from '../lib/run.mjs';
import { hasApt } from './system.mjs';

const MINIMUM = '3.11';
const MODELS = at('models');
const LOCK = join(MODELS, 'requirements.lock');
const CHECK = at('scripts/toolchain/python_check.py');
const OURS = join(toolchainDir, 'models');
const DONE = join(OURS, 'shiwu-done'); // written last: a half-made environment is made anew
// What belongs to a PyTorch build: never mixed with a PyTorch that came with the machine.
const TORCH_FAMILY = /^(torch|torchvision|triton|nvidia-|cuda-)/;

const inside = (environment) =>
  windows ? join(environment, 'Scripts', 'python.exe') : join(environment, 'bin', 'python');

/** what python_check.py says, or null when this is no Python */
function examine(python) {
  const said = ask(python, [CHECK, join(MODELS, 'pyproject.toml')], { timeout: 120_000 });
  return said ? { path: python, ...JSON.parse(said.trim().split('\n').at(-1)) } : null;
}

function candidates() {
  const environments = [env.VIRTUAL_ENV, env.CONDA_PREFIX, join(MODELS, '.venv')].filter(Boolean);
  const names = ['3.14', '3.13', '3.12', '3.11'].map((version) => `python${version}`);
  const paths = [
    ...environments.map(inside),
    ...['python3', 'python', ...names].map((name) => which(name)),
  ];
  return [...new Set(paths.filter((path) => path && existsSync(path)))];
}

/**
 * @param {{onProgress?: (line: string) => void}} options
 * @returns {Promise<{python: string, torch: string}>}
 */
export async function findPython({ onProgress = () => {} } = {}) {
  if (env.SHIWU_PYTHON) {
    const named = examine(env.SHIWU_PYTHON);
    if (named?.torch && !named.missing.length)
      return { python: env.SHIWU_PYTHON, torch: named.torch };
    throw new Trouble(
      `SHIWU_PYTHON (${env.SHIWU_PYTHON}) is not good enough: ${named ? named.missing.join(', ') || `Python ${named.python}` : 'it does not run'}.\n` +
        `Install there: ${env.SHIWU_PYTHON} -m pip install -e 'models[zoo,dev]'   or unset SHIWU_PYTHON.`,
    );
  }
  if (existsSync(DONE) && readFileSync(DONE, 'utf8') === readFileSync(LOCK, 'utf8')) {
    const ours = examine(inside(OURS));
    if (ours?.torch && !ours.missing.length) return { python: ours.path, torch: ours.torch };
  }
  const found = candidates()
    .map(examine)
    .filter((one) => one && !older(one.python, MINIMUM));
  const ready = found.find((one) => one.torch && !one.missing.length);
  if (ready) return { python: ready.path, torch: ready.torch };
  if (!found.length) throw new Trouble(noPython());
  return make(found.find((one) => one.torch) ?? found[0], onProgress);
}

async function make(base, onProgress) {
  rmSync(OURS, { recursive: true, force: true });
  mkdirSync(toolchainDir, { recursive: true });
  try {
    await run(base.path, ['-m', 'venv', OURS], { output: 'on-failure' });
  } catch (error) {
    throw new Trouble(`${error.message}\n${noVenv(base.python)}`);
  }
  const python = inside(OURS);
  const { packages } = examine(python);
  const lend = (folder) => appendFileSync(join(packages, 'shiwu-models.pth'), `${folder}\n`);
  const pip = (words) =>
    run(python, ['-m', 'pip', 'install', '--disable-pip-version-check', ...words], {
      output: 'on-failure',
      remedy:
        'pip could not install what models/ needs. Check the network and the disk (10 GB free), then run the same command again.',
      onLine: (line) =>
        /^(Collecting|Downloading|Installing)/.test(line) && onProgress.passing?.(line),
    });
  if (base.torch) {
    onProgress(
      `PyTorch ${base.torch} is already here and good enough; installing the rest (about 500 MB)`,
    );
    lend(base.packages);
    const constraints = join(OURS, 'constraints.txt');
    writeFileSync(constraints, withoutTorch(readFileSync(LOCK, 'utf8')));
    await pip(['-c', constraints, ...base.wanted]);
  } else {
    onProgress(
      'Installing PyTorch and the rest into ' +
        `${shown(OURS)}: about 3 GB to fetch, 6 GB on disk (PyTorch's ordinary build brings the CUDA libraries), some 5 minutes. ` +
        'The tests hold the ONNX files against live PyTorch.',
    );
    await pip(['--require-hashes', '-r', LOCK]);
  }
  lend(MODELS); // nothing to build: the package is read where it lies
  const made = examine(python);
  if (!made?.torch || made.missing.length) {
    throw new Trouble(
      `The environment in ${shown(OURS)} lacks ${made?.missing.join(', ') || 'a PyTorch that runs'}. Remove it and run the same command again: rm -rf ${shown(OURS)}`,
    );
  }
  writeFileSync(DONE, readFileSync(LOCK, 'utf8'));
  return { python, torch: made.torch };
}

/** the lock as pip's constraints: versions only, and without PyTorch's own */
export function withoutTorch(lock) {
  return lock
    .split('\n')
    .filter((line) => /^[a-z0-9]/i.test(line))
    .map((line) => line.replace(/\s*\\$/, ''))
    .filter((line) => !TORCH_FAMILY.test(line))
    .join('\n');
}

const noPython = () =>
  `Python ${MINIMUM} or newer is needed for models/ (the page and the library do not need it). 需要 Python ${MINIMUM} 或更新版本。\n` +
  (hasApt
    ? 'Install it: sudo apt-get install python3 python3-venv'
    : 'Install it from python.org or with your package manager (macOS: brew install python), then run the same command again.');

const noVenv = (version) =>
  hasApt
    ? `Python ${version} has no venv module. Install it: sudo apt-get install python3-venv`
    : `Python ${version} could not make a virtual environment.`;

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) {
  await main(async () => {
    const { python } = await findPython({ onProgress: (line) => console.error(line) });
    console.log(python);
  });
}
