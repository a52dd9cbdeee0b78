import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isPacked, unpack } from '../../web/src/assets/unpack.js';
import { noise } from '../support/noise.js';

const plain = Uint8Array.from(noise(400_000));
const packed = Uint8Array.from(gzipSync(plain));

describe('unpack', () => {
  it('gives back what was packed', async () => {
    expect(Buffer.compare(await unpack(packed, 'x'), plain)).toBe(0);
  });

  it('leaves plain bytes as they are', async () => {
    expect(isPacked(plain)).toBe(false);
    expect(await unpack(Uint8Array.of(), 'x')).toHaveLength(0);
    const onnx = Uint8Array.of(8, 7, 6);
    expect(await unpack(onnx, 'x')).toBe(onnx);
  });

  it.each([11, 1000, packed.length - 100_000, packed.length - 4])(
    'a file of the first %i bytes is truncated',
    async (length) => {
      await expect(unpack(packed.slice(0, length), 'a.onnx.gz')).rejects.toMatchObject({
        code: 'truncated-download',
        detail: 'a.onnx.gz',
      });
    },
  );

  it.each([3, 200_000, packed.length - 6])('a file with byte %i changed is damaged', async (at) => {
    const bytes = packed.slice();
    bytes[at] = (bytes[at] ?? 0) ^ 0xff;
    await expect(unpack(bytes, 'a')).rejects.toMatchObject({ code: 'tampered-download' });
  });

  it('a bomb is left where it passes the limit, and no page is lost to it', async () => {
    const bomb = Uint8Array.from(gzipSync(Buffer.alloc(200_000_000)));
    expect(bomb.length).toBeLessThan(250_000);
    const before = process.memoryUsage().arrayBuffers;
    let peak = 0;
    const timer = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
    }, 1);
    await expect(unpack(bomb, 'bomb.onnx.gz', 10_000_000)).rejects.toMatchObject({
      code: 'invalid-model',
      detail: 'bomb.onnx.gz: unpacks to more than 10000000 bytes',
    });
    clearInterval(timer);
    expect(peak).toBeLessThan(100_000_000);
    expect(Buffer.compare(await unpack(packed, 'x', plain.length), plain)).toBe(0);
    await expect(unpack(packed, 'x', plain.length - 1)).rejects.toMatchObject({
      code: 'invalid-model',
    });
  });

  it('lets other tasks in between', async () => {
    const large = Uint8Array.from(gzipSync(Buffer.alloc(40_000_000, 'shiwu 识物')));
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await unpack(large, 'x');
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });
});
