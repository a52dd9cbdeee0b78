import { crc32, deflateSync } from 'node:zlib';
import { noise } from '../../support/noise.js';
import { jpeg } from './photos.js';
import type { Upload } from './shiwu-page.js';

function photo(name: string, buffer: Buffer): Upload {
  return { name, mimeType: name.endsWith('.png') ? 'image/png' : 'image/jpeg', buffer };
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

/** A PNG of so many pixels, `depth` bits and a colour type. */
export function png(side: number, depth: number, colour: number, data: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([depth, colour, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A whole picture of 52 million pixels, black and white in stripes. */
export function large(name = 'large.png'): Upload {
  const side = 7216;
  const row = Buffer.concat([Buffer.of(0), Buffer.alloc(side / 8, 0xf0)]);
  const rows = Buffer.concat(Array.from({ length: side }, () => row));
  return photo(name, png(side, 1, 0, deflateSync(rows)));
}

/** A picture of one green. */
export function green(): Upload {
  const side = 64;
  const row = [0, ...Array.from({ length: side }, () => [0, 255, 0]).flat()];
  const rows = Buffer.from(Array.from({ length: side }, () => row).flat());
  return photo('green.png', png(side, 8, 2, deflateSync(rows)));
}

/** A file that is no photo, and the code that it must be refused with. */
interface BadFile {
  readonly file: Upload;
  readonly code: string;
}

export const GARBAGE: BadFile = {
  file: photo('garbage.jpg', noise(20_000)),
  code: 'unsupported-format',
};

/** A well-formed start of an RGB picture of 2.7 GB, and nothing after it. */
export const HUGE: BadFile = {
  file: photo('huge.png', png(30_000, 8, 2, Buffer.of(0x78, 0x9c))),
  code: 'image-too-large',
};

/** Three quarters of a photo. */
export const INCOMPLETE = photo(
  'incomplete.jpg',
  jpeg.buffer.subarray(0, 0.75 * jpeg.buffer.length),
);

/** A BMP of OS/2 with runs of 24-bit colours, which browsers know and the core does not. */
export function os2Runs(): Upload {
  const side = 96;
  const header = Buffer.alloc(14 + 64);
  header.write('BM', 0, 'latin1');
  header.writeUInt32LE(header.length, 10);
  header.writeUInt32LE(64, 14);
  header.writeInt32LE(side, 18);
  header.writeInt32LE(side, 22);
  header.set([1, 0, 24, 0, 4], 26); // planes, bits, compression
  const rows = Array.from({ length: side }, (_, y) => {
    const ball = Math.round(Math.sqrt(Math.max(0, 40 ** 2 - (y - side / 2) ** 2)));
    const around = [side / 2 - ball || 1, 250, 250, 250];
    return [...around, 2 * ball || side - 2, 30, 120, 240, ...around, 0, 0];
  });
  const file = Buffer.concat([header, Buffer.from([...rows.flat(), 0, 1])]);
  return { name: 'os2.bmp', mimeType: 'image/bmp', buffer: file };
}

export const BAD_FILES: readonly BadFile[] = [
  GARBAGE,
  { file: photo('empty.jpg', Buffer.alloc(0)), code: 'empty-input' },
  {
    file: photo('truncated.jpg', jpeg.buffer.subarray(0, jpeg.buffer.length / 40)),
    code: 'truncated-image',
  },
  {
    file: photo('text.jpg', Buffer.from('这是一段文字，不是照片。\n'.repeat(50))),
    code: 'unsupported-format',
  },
  HUGE,
];
