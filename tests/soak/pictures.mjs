// What is looked at, over and over: photos whose answers are known, generated ones of several sizes and formats, and broken ones.
import { readFile } from 'node:fs/promises';
import { crc32, deflateSync } from 'node:zlib';

const file = (path) => readFile(new URL(`../../${path}`, import.meta.url));

const CATS = ['n02123045', 'n02123159', 'n02123394', 'n02123597', 'n02124075'];
const CUPS = ['n07920052', 'n07930864', 'n03063599'];

/**
 * `right`: ids, one of which the models of ImageNet must give; `code`: what it must be refused with. `browser`: only a
 * browser decodes it.
 */
export async function pictures() {
  const jpeg = await file('web/page/public/samples/coffee.jpg');
  const all = {
    good: [
      { name: 'chelsea.png', bytes: await file('tests/fixtures/photos/chelsea.png'), right: CATS },
      { name: 'coffee.png', bytes: await file('tests/fixtures/photos/coffee.png'), right: CUPS },
      { name: 'cat.jpg', bytes: await file('web/page/public/samples/cat.jpg'), right: CATS },
      { name: 'coffee.jpg', bytes: jpeg, right: CUPS },
      { name: 'dots-32.png', bytes: png(32, 32) },
      { name: 'dots-700.png', bytes: png(700, 500) },
      { name: 'dots-tall.png', bytes: png(40, 1500) },
      { name: 'dots-300.bmp', bytes: bmp(300, 200) },
      { name: 'animation.gif', bytes: await file('tests/fuzz/seeds/gif/animation.gif') },
      {
        name: 'chelsea.avif',
        bytes: await file('tests/fixtures/encoded/chelsea.avif'),
        right: CATS,
        browser: true,
      },
    ],
    broken: [
      { name: 'garbage', bytes: dots(20_000), code: 'unsupported-format' },
      { name: 'empty', bytes: Buffer.alloc(0), code: 'empty-input' },
      {
        name: 'cut.jpg',
        bytes: jpeg.subarray(0, jpeg.length / 40),
        code: 'truncated-image',
      },
      {
        name: 'huge.png',
        bytes: png(30_000, 30_000, Buffer.of(0x78, 0x9c)),
        code: 'image-too-large',
      },
    ],
  };
  // Node's Buffer is one as well, but its slice() is of the same memory.
  const plain = (each) => ({ ...each, bytes: new Uint8Array(each.bytes) });
  return { good: all.good.map(plain), broken: all.broken.map(plain) };
}

/** The same bytes each time: a linear congruential generator. */
function dots(length) {
  let state = 12345;
  return Buffer.from(
    Uint8Array.from({ length }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state >>> 24;
    }),
  );
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

/** Of coloured dots. */
function png(width, height, data = undefined) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = () =>
    Buffer.concat(
      Array.from({ length: height }, () => Buffer.concat([Buffer.of(0), dots(3 * width)])),
    );
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const parts = [
    signature,
    chunk('IHDR', header),
    chunk('IDAT', data ?? deflateSync(rows())),
    chunk('IEND', Buffer.alloc(0)),
  ];
  return Buffer.concat(parts);
}

/** Of 24 bits; a width that 4 divides needs no padding. */
function bmp(width, height) {
  const header = Buffer.alloc(54);
  header.write('BM', 0, 'latin1');
  header.writeUInt32LE(54 + 3 * width * height, 2);
  header.writeUInt32LE(54, 10);
  header.writeUInt32LE(40, 14);
  header.writeInt32LE(width, 18);
  header.writeInt32LE(height, 22);
  header.set([1, 0, 24, 0], 26);
  return Buffer.concat([header, dots(3 * width * height)]);
}
