// PNG whose orientation stands behind the pixels, as the page shows it.
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { turned } from '../../../web/page/src/photo/turned.js';

const fixture = (name: string) => readFile(new URL(`../../fixtures/${name}`, import.meta.url));

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
  expect([...shown].sort()).toEqual([...file].sort());
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
