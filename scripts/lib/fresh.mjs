// Is there anything to do? A stamp beside the output holds a fingerprint of all that went in:
// the path, size and time of every input file, and the command with its versions. An input edited,
// added, removed or put back in an older version changes it; so does a change of tool.
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from './project.mjs';

const SKIPPED = new Set(['node_modules', '.git', '__pycache__', '.venv']);

function* filesUnder(path) {
  const info = statSync(path, { throwIfNoEntry: false });
  if (!info) return;
  if (info.isFile()) yield [path, info];
  if (!info.isDirectory()) return;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (!SKIPPED.has(entry.name)) yield* filesUnder(join(path, entry.name));
  }
}

/**
 * @param {string[]} inputs files and folders (missing ones count as missing)
 * @param {unknown} command anything that decides the output beside the files: arguments, versions
 */
export function fingerprint(inputs, command) {
  const lines = [];
  for (const input of inputs) {
    for (const [path, { size, mtimeMs }] of filesUnder(input))
      lines.push(`${relative(root, path)} ${size} ${mtimeMs}`);
  }
  return createHash('sha256')
    .update(JSON.stringify(command))
    .update(lines.sort().join('\n'))
    .digest('hex');
}

export const isFresh = (stamp, print, outputs) =>
  outputs.every((path) => existsSync(path)) &&
  existsSync(stamp) &&
  readFileSync(stamp, 'utf8').trim() === print;

/**
 * Runs body unless its outputs are fresh. The fingerprint is taken before the work, so that a file edited
 * during the work makes the next call do it again.
 * @returns {Promise<boolean>} whether the work was done
 */
export async function unlessFresh({ stamp, inputs, outputs, command }, body) {
  const print = fingerprint(inputs, command);
  if (isFresh(stamp, print, outputs)) return false;
  rmSync(stamp, { force: true });
  await body();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, `${print}\n`);
  return true;
}
