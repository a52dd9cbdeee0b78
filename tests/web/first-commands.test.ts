import process, { execPath } from 'node:process';
import { build } from 'esbuild';
import { describe, expect, it, vi } from 'vitest';

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

/** Of scripts/lib/run.mjs, which has no types. */
type Run = (
  file: string,
  args: readonly string[],
  options: { output: 'through' },
) => Promise<unknown>;

describe('a program that fails among many', () => {
  it('is told again at the end by its last sixty lines, of both outputs', async () => {
    const url = new URL('../../scripts/lib/run.mjs', import.meta.url).href;
    const { run } = (await import(url)) as { run: Run };
    const lines =
      "for (let n = 1; n < 101; n++) console[n % 2 ? 'log' : 'error']('line', n); process.exitCode = 3;";
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const { message, tail } = await run(execPath, ['-e', lines], { output: 'through' }).then(
      () => ({ message: 'it did not fail', tail: '' }),
      (error: Error & { tail: string }) => error,
    );
    vi.restoreAllMocks();
    expect(message).toContain('exit status 3');
    const told = tail.split('\n');
    expect(told).toHaveLength(60);
    expect(told).toContain('line 100');
  });
});
