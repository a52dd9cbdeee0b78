/** Colours of other spaces become sRGB's, as littlecms has it: tests/fixtures/make_color.py. */
import { expect, it } from 'vitest';
import { AS_BYTES, loadCore, read } from './support/core.js';

const FOLDER = 'tests/fixtures/color';
it('converts what a file says about its colours, unless pixels are wanted exactly', async () => {
  const core = await loadCore();
  const expected = await read(`${FOLDER}/pixels.bin`);
  const rows = (await read(`${FOLDER}/cases.tsv`)).toString().trim().split('\n');
  let changed = 0;
  for (const row of rows.filter((line) => !line.startsWith('#'))) {
    const [name = '', place = ''] = row.split('\t');
    const file = await read(`${FOLDER}/${name}`);
    const decoded = core.decode(file, 1e6);
    const { width, height } = decoded;
    const raw = core.toTensor([decoded], AS_BYTES);
    decoded.free();
    // Of the picture's own size, so that nothing is resampled.
    const seen = (exact: boolean) => {
      const fit = { width, height, mode: 'stretch', cropFraction: 1, filter: 'bicubic' } as const;
      const { pixels } = core.fitFile(file, fit, { maxPixels: 1e6, exact, region: null });
      const tensor = core.toTensor([pixels], AS_BYTES);
      pixels.free();
      return tensor;
    };
    expect(seen(true), name).toEqual(raw);
    const fast = seen(false);
    if (place === '-') {
      expect(fast, name).toEqual(raw);
      continue;
    }
    changed++;
    const largest = fast.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - (expected[Number(place) + i] ?? 0))),
      0,
    );
    expect(largest, name).toBeLessThanOrEqual(1);
    expect(fast, name).not.toEqual(raw);
  }
  expect(changed).toBeGreaterThan(15);
  expect(core.liveAllocations).toBe(0);
});
