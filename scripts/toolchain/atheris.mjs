// Atheris, libFuzzer for Python, and the Pillow that our resampling is held against. Atheris is on PyPI for Linux on
// x86-64 and these versions of Python.
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { arch, platform } from 'node:process';
import { Trouble } from '../lib/project.mjs';
import { ask, which } from '../lib/run.mjs';
import { environment } from './environment.mjs';

const VERSIONS = ['3.13', '3.12', '3.11'];

/** @returns {Promise<{python: string, libFuzzer: string}>} libFuzzer: to be preloaded */
export async function findAtheris({ onProgress = () => {} } = {}) {
  const remedy = `Atheris comes from PyPI: it needs the network, Linux on x86-64, and Python ${VERSIONS.join(', ')} with venv and pip.`;
  const asked = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])";
  const base = ['python3', ...VERSIONS.map((version) => `python${version}`)]
    .map((name) => which(name))
    .find((path) => path && VERSIONS.includes(ask(path, ['-c', asked]).trim()));
  if (!base || platform !== 'linux' || arch !== 'x64') throw new Trouble(remedy);
  const onFetch = () => onProgress('fetching Atheris and Pillow (42 MB)');
  const python = (await environment('atheris', { python: base, remedy, onFetch }))('python');
  const lib = join(dirname(dirname(python)), 'lib');
  const [version] = readdirSync(lib).filter((name) => name.startsWith('python'));
  return { python, libFuzzer: join(lib, version, 'site-packages/ubsan_with_fuzzer.so') };
}
