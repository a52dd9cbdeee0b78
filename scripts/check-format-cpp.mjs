// node scripts/check-format-cpp.mjs [--write]: holds our C++ against .clang-format, or writes it so.
// Versions of clang-format disagree about a line here and there, so one is fixed: the lockfile's.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { argv, execPath, exit } from 'node:process';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const FOLDERS = ['wasm', 'tests'];
const sources = FOLDERS.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true })
    .map((name) => join(folder, name))
    .filter((name) => /\.(cc|h)$/.test(name) && !name.includes('node_modules')),
).sort();

const clangFormat = createRequire(import.meta.url).resolve('clang-format-node/build/cli.js');
const write = argv.includes('--write');
const { status, stderr } = spawnSync(
  execPath,
  [clangFormat, '--style=file', ...(write ? ['-i'] : ['--dry-run', '--Werror']), ...sources],
  { cwd: root, encoding: 'utf8' },
);
if (status !== 0) {
  // Each violation is three lines long; which lines of which file is enough.
  const places = new Map();
  for (const [, file, line] of stderr.matchAll(/^([^:\n]+):(\d+):\d+: error:/gm))
    places.set(file, (places.get(file) ?? new Set()).add(line));
  for (const [file, lines] of places) console.error(`${file}: lines ${[...lines].join(', ')}`);
  if (places.size === 0) process.stderr.write(stderr);
  console.error(
    `C++ format: ${places.size} of ${sources.length} files differ; npm run format mends them.`,
  );
  exit(1);
}
console.log(`C++ format: ${sources.length} files ${write ? 'written' : 'clean'}`);
