// clang-tidy, one version on every machine: PyPI's. (Linux on x86-64 and arm64 with a libc of 2018 or younger, macOS,
// Windows.)
import { Trouble } from '../lib/project.mjs';
import { which } from '../lib/run.mjs';
import { environment } from './environment.mjs';
import { hasApt } from './system.mjs';

/** @returns {Promise<string>} its path */
export async function findClangTidy({ onProgress = () => {} } = {}) {
  const python = which('python3') || which('python');
  const remedy = `clang-tidy comes from PyPI: it needs the network, and a Python 3 with venv and pip.${
    hasApt ? '\nsudo apt-get install python3 python3-venv' : ''
  }`;
  if (!python) throw new Trouble(remedy);
  const onFetch = () => onProgress('fetching clang-tidy (44 MB)');
  return (await environment('clang-tidy', { python, remedy, onFetch }))('clang-tidy');
}
