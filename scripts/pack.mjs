// The package as npm would publish it: a tarball of the built tree in build/package.
import { mkdirSync } from 'node:fs';
import { at } from './lib/project.mjs';
import { npm } from './lib/run.mjs';

/**
 * Packs dist/ as it is; build it first.
 * @returns {Promise<{file: string, packed: number, unpacked: number, names: string[]}>} sizes in bytes
 */
export async function packLibrary() {
  const folder = at('build/package');
  mkdirSync(folder, { recursive: true });
  // prepack would build: the caller has
  const { output } = await npm(
    ['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
    { output: 'on-failure' },
  );
  const [{ filename, size, unpackedSize, files }] = JSON.parse(output.slice(output.indexOf('[')));
  return {
    file: at('build/package', filename),
    packed: size,
    unpacked: unpackedSize,
    names: files.map(({ path }) => path),
  };
}
