// PNG whose orientation stands behind the pixels, as the page shows it.
import { readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { expect, it } from 'vitest';
import { turned } from '../../../web/page/src/photo/turned.js';

const fixture = (name: string) => readFile(new URL(`../../fixtures/${name}`, import.meta.url));

const EXIF = Buffer.from('eXIf');

function chunksOf(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const names = [];
  for (let at = 8; at < bytes.length; at += 12 + view.getUint32(at)) {
    names.push(String.fromCharCode(...bytes.subarray(at + 4, at + 8)));
  }
  return names;
}

it('puts the orientation before the pixels, and changes nothing else', async () => {
  const file = new Uint8Array(await fixture('orientation/6-be.png'));
  expect(chunksOf(file)).toEqual(['IHDR', 'IDAT', 'tEXt', 'eXIf', 'IEND']);
  const shown = new Uint8Array(await (await turned(new Blob([file]))).arrayBuffer());
  expect(chunksOf(shown)).toEqual(['IHDR', 'eXIf', 'IDAT', 'tEXt', 'IEND']);
  // The fixture has JPEG's "Exif" in front as well, which browsers do not read: it is gone, the checksum is new.
  const at = shown.findIndex((_, i) => Buffer.from(shown.subarray(i, i + 4)).equals(EXIF));
  const view = new DataView(shown.buffer);
  const content = shown.subarray(at + 4, at + 4 + view.getUint32(at - 4));
  expect(Buffer.from(content.subarray(0, 4)).toString('latin1')).toBe('MM\0*');
  expect(view.getUint32(at + 4 + content.length)).toBe(
    crc32(shown.subarray(at, at + 4 + content.length)),
  );
  expect(shown.length).toBe(file.length - 6);
});

it('takes what browsers do not read from before an orientation that stands where it should', async () => {
  const file = Buffer.from(await fixture('orientation/6-le.png'));
  const at = file.indexOf(EXIF);
  const length = file.readUInt32BE(at - 4);
  const content = Buffer.concat([Buffer.from('Exif\0\0'), file.subarray(at + 4, at + 4 + length)]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(content.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(Buffer.concat([EXIF, content])));
  const wrapped = Buffer.concat([
    file.subarray(0, at - 4),
    size,
    EXIF,
    content,
    sum,
    file.subarray(at + 8 + length),
  ]);
  const shown = Buffer.from(await (await turned(new Blob([wrapped]))).arrayBuffer());
  expect(shown.equals(file)).toBe(true);
});

it('leaves every other file as it is', async () => {
  const names = ['photos/chelsea.png', 'orientation/6-be.jpg', 'orientation/6-be.webp'];
  const files = await Promise.all(names.map(async (name) => new Blob([await fixture(name)])));
  const whole = new Uint8Array(await fixture('orientation/6-be.png'));
  // Cut within the chunk; and one that only says the word.
  files.push(new Blob([whole.subarray(0, -40)]), new Blob([whole.subarray(0, 8), 'eXIf']));
  files.push(new Blob([]));
  for (const file of files) expect(await turned(file)).toBe(file);
});
