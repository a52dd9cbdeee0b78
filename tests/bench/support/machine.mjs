import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem, type } from 'node:os';
import { root } from '../../../scripts/lib/project.mjs';

/** What figures depend on beside the code. */
export function machine(browserVersion) {
  const commit = () => {
    try {
      const git = (...words) => execFileSync('git', words, { cwd: root, encoding: 'utf8' }).trim();
      return git('describe', '--always', '--dirty');
    } catch {
      return undefined;
    }
  };
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    chromium: browserVersion,
    node: process.version,
    commit: commit(),
  };
}
