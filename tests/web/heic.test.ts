import { describe, expect, it } from 'vitest';
import { ShiwuError } from '../../web/src/errors.js';
import type { Libheif } from '../../web/src/heic/libheif.js';
import { heicDecoder } from '../../web/src/heic/node.js';
import { HeicReader } from '../../web/src/heic/reader.js';
import type { HeapPixels } from '../../web/src/runtime/core.js';
import { loadCore, read } from './support/core.js';

const photo = async (name: string) => Uint8Array.from(await read(`tests/fixtures/${name}`));

/** The same library, in which nothing can be decoded any more. */
const trapping = (library: Libheif) =>
  Object.assign(Object.create(library) as Libheif, {
    heif_context_alloc: () => {
      throw new WebAssembly.RuntimeError('unreachable');
    },
  });

function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'resolved',
    (error) => (error instanceof ShiwuError ? error.code : String(error)),
  );
}

describe('heic under Node', () => {
  it('gives the pixels of the PNG, upright, but for the compression', async () => {
    const core = await loadCore();
    const plain = { layout: 'NHWC', color: 'RGB', scale: 1 } as const;
    const floats = (pixels: HeapPixels) => {
      const tensor = core.toTensor([pixels], { ...plain, mean: [0, 0, 0], std: [1, 1, 1] });
      pixels.free();
      return tensor;
    };
    const truth = floats(core.decode(await photo('photos/chelsea.png'), 1e6));
    const decode = heicDecoder();
    for (const name of ['encoded/chelsea.heic', 'encoded/chelsea-turned.heic']) {
      const { data, width, height } = await decode(await photo(name));
      expect([width, height]).toEqual([451, 300]);
      const found = floats(core.importPixels(data, width, height));
      const apart = found.reduce((sum, value, i) => sum + Math.abs(value - (truth[i] ?? 0)), 0);
      expect(apart / found.length).toBeLessThan(2.5);
    }
    expect(core.liveAllocations).toBe(0);
  });

  it('leaves the file as it is, and refuses what it must', async () => {
    const file = await photo('encoded/chelsea.heic');
    const before = file.slice();
    const decode = heicDecoder();
    expect(await codeOf(decode(file))).toBe('resolved');
    expect(file).toEqual(before);
    expect(await codeOf(decode(file, { maxPixels: 451 * 300 - 1 }))).toBe('image-too-large');
    expect(await codeOf(decode(file, { signal: AbortSignal.abort() }))).toBe('aborted');
    expect(await codeOf(decode(file.subarray(0, 30_000)))).toBe('truncated-image');
    expect(await codeOf(decode(file.slice().fill(0, 40, 60)))).toBe('corrupt-image');
    expect(await codeOf(decode(new Uint8Array()))).toBe('corrupt-image');
    expect(await codeOf(heicDecoder({ url: 'file:///nowhere.mjs' })(file))).toBe('needs-decoder');
    expect(await codeOf(decode(file))).toBe('resolved');
  });

  it('gives none of those that waited for the library to an instance that trapped', async () => {
    const real = (await import('libheif-js/libheif-wasm/libheif-bundle.mjs')).default;
    let loads = 0;
    const reader = new HeicReader(async () => {
      loads++;
      const library = await real();
      if (loads > 1) return () => library;
      return () => trapping(library);
    });
    const file = await photo('encoded/chelsea.heic');
    const ask = () => codeOf(reader.read(file, 1e6));
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([
      'out-of-memory',
      'resolved',
      'resolved',
    ]);
    expect(loads).toBe(2);
  });

  it('replaces an instance that trapped, and loads again after a failure', async () => {
    const real = (await import('libheif-js/libheif-wasm/libheif-bundle.mjs')).default;
    let loads = 0;
    const reader = new HeicReader(async () => {
      loads++;
      if (loads === 1) throw new Error('offline');
      const library = await real();
      if (loads > 2) return () => library;
      return () => trapping(library);
    });
    const file = await photo('encoded/chelsea.heic');
    const ask = () => codeOf(reader.read(file, 1e6));
    expect([await ask(), await ask(), await ask(), await ask()]).toEqual([
      'needs-decoder',
      'out-of-memory',
      'resolved',
      'resolved',
    ]);
    expect(loads).toBe(3);
  });
});
