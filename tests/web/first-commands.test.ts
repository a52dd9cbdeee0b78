import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

/** What Node must resolve before the first line of `entry` runs: static imports, and theirs. */
async function loadedAtOnce(entry: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    metafile: true,
    write: false,
  });
  const seen = new Set<string>();
  const outside = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const { path, kind, external } of metafile.inputs[file]?.imports ?? []) {
      if (kind !== 'import-statement') continue;
      if (external) outside.add(path);
      else visit(path);
    }
  };
  visit(entry);
  return [...outside].filter((name) => !name.startsWith('node:'));
}

describe('the commands that a fresh clone runs before anything is installed', () => {
  it.each(['scripts/start.mjs', 'scripts/test.mjs', 'scripts/test-models.mjs'])(
    '%s stands on Node alone',
    async (entry) => {
      expect(await loadedAtOnce(entry)).toEqual([]);
    },
  );

  it('would see a package behind another file', async () => {
    expect(await loadedAtOnce('scripts/check-package.mjs')).toContain(
      '@cyclonedx/cyclonedx-library',
    );
  });
});
