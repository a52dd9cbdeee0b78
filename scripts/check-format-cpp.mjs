// node scripts/check-format-cpp.mjs [--write]: holds our C++ against .clang-format, or writes it so.
// Without clang-format it only says so, except in CI (CI=true), where it fails.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { argv, env, exit } from 'node:process';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const FOLDERS = ['wasm', 'tests'];
// 14 first: it is Debian 12's, which CI has, and versions disagree about a line here and there.
const NAMES = ['clang-format-14', 'clang-format'].concat(
  [15, 16, 17, 18, 19, 20].map((version) => `clang-format-${version}`),
);

const sources = FOLDERS.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true })
    .map((name) => join(folder, name))
    .filter((name) => /\.(cc|h)$/.test(name) && !name.includes('node_modules')),
).sort();

const run = (name, args) => spawnSync(name, args, { cwd: root, encoding: 'utf8' });
const clangFormat = NAMES.find((name) => run(name, ['--version']).status === 0);

if (!clangFormat) {
  console.log(
    'C++ format not checked: no clang-format on PATH. Debian, Ubuntu: apt install clang-format; ' +
      'macOS: brew install clang-format; anywhere: pip install clang-format.',
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
