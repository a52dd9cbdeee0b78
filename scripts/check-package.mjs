// The package as users get it: its package.json and types as every resolver reads them, and its size. Reads dist/
// as it is; build it first.
import { readFileSync } from 'node:fs';
import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';
import { at, main, Trouble } from './lib/project.mjs';
import { nodeTool } from './lib/run.mjs';
import { packLibrary } from './pack.mjs';
import { writeSbom } from './sbom.mjs';

const MB = 1e6;
// Just above what they are. Installed, 30 MB is the most that we promise.
const MOST = { packed: 14.4 * MB, unpacked: 15.3 * MB };
const EXPECTED = [
  /^dist\//,
  /^(README|README\.zh-CN|CHANGELOG|docs\/library|docs\/library\.zh-CN)\.md$/,
  /^(LICENSE|NOTICE)$/,
];

/** @param {(line: string) => void} say */
export async function checkPackage(say) {
  const { scripts } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
  const atInstall = Object.keys(scripts).filter((name) => /^(pre|post)?install$/.test(name));
  if (atInstall.length) throw new Trouble(`It would run a script when installed: ${atInstall}`);
  await writeSbom(say);
  const { file, names, ...sizes } = await packLibrary();
  const stray = names.filter(
    (name) => name !== 'package.json' && !EXPECTED.some((pattern) => pattern.test(name)),
  );
  if (stray.length || names.some((name) => name.startsWith('dist/site/')))
    throw new Trouble(
      `The package has files that it should not: ${stray.join(', ') || 'dist/site'}`,
    );
  for (const [what, most] of Object.entries(MOST)) {
    const line = `${what} ${(sizes[what] / MB).toFixed(2)} MB of ${most / MB} MB`;
    say(line);
    if (sizes[what] > most) throw new Trouble(`The package is too large: ${line}`);
  }
  const quiet = { output: 'on-failure' };
  await nodeTool('publint/src/cli.js', ['run', file, '--strict'], quiet);
  say('publint --strict');
  // coi-sw.js is a script to copy, or to name to importScripts, not to import: it has no types
  const words = [file, '--profile', 'esm-only', '--exclude-entrypoints', './coi-sw.js'];
  await nodeTool('@arethetypeswrong/cli/dist/index.js', words, quiet);
  say('attw --profile esm-only');
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href)
  await main(() => checkPackage((line) => console.log(line)));
