// node scripts/check-format-cpp.mjs [--write]: holds our C++ against .clang-format, or writes it so.
// Versions of clang-format disagree about a line here and there, so one is fixed: Debian 12's. Where
// it is missing this only says so, except in CI (CI=true), where it fails.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { argv, env, exit } from 'node:process';
import { fileURLToPath } from 'node:url';

const VERSION = 14;
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const FOLDERS = ['wasm', 'tests'];
const sources = FOLDERS.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true })
    .map((name) => join(folder, name))
    .filter((name) => /\.(cc|h)$/.test(name) && !name.includes('node_modules')),
).sort();

const run = (name, args) => spawnSync(name, args, { cwd: root, encoding: 'utf8' });
const clangFormat = [`clang-format-${VERSION}`, 'clang-format'].find((name) =>
  new RegExp(`version ${VERSION}\\.`).test(run(name, ['--version']).stdout ?? ''),
);

if (!clangFormat) {
  console.log(
    `C++ format not checked: no clang-format ${VERSION} on PATH. ` +
      `Debian, Ubuntu: apt install clang-format-${VERSION}; ` +
      `anywhere: pip install "clang-format==${VERSION}.*".`,
  );
  exit(env.CI === 'true' ? 1 : 0);
}

const write = argv.includes('--write');
const { status, stderr } = run(clangFormat, [
  '--style=file',
  ...(write ? ['-i'] : ['--dry-run', '--Werror']),
  ...sources,
]);
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
console.log(`C++ format: ${sources.length} files ${write ? 'written' : 'clean'} (${clangFormat})`);
