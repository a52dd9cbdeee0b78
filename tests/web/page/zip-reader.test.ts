// ZIP files as the page writes them, and whatever else somebody may hand over.
import { downloadZip } from 'client-zip';
import { describe, expect, it } from 'vitest';
import { crc32, readZip, ZipError } from '../../../web/page/src/backup/zip-reader.js';

const zipOf = (files: Readonly<Record<string, string>>) =>
  downloadZip(
    Object.entries(files).map(([name, input]) => ({ name, input, lastModified: new Date(0) })),
  ).blob();

const bytesOf = async (file: Blob) => new Uint8Array(await file.arrayBuffer());

/** The same file with some bytes replaced; a place below 0 counts from the end. */
async function changed(file: Blob, at: number, ...values: number[]): Promise<Blob> {
  const bytes = await bytesOf(file);
  bytes.set(values, at < 0 ? bytes.length + at : at);
  return new Blob([bytes]);
}

/** Where the directory's entry of the first part begins. */
async function directoryOf(file: Blob): Promise<number> {
  return new DataView(await file.arrayBuffer()).getUint32(file.size - 6, true);
}

it('CRC-32, in one piece and in two', () => {
  const bytes = new TextEncoder().encode('123456789');
  expect(crc32(bytes)).toBe(0xcbf43926); // the check value of the standard
  expect(crc32(bytes.subarray(4), crc32(bytes.subarray(0, 4)))).toBe(0xcbf43926);
});

it('gives every part as a slice, by its name', async () => {
  const parts = await readZip(
    await zipOf({ '照片/一.txt': '猫', empty: '', b: 'x'.repeat(70_000) }),
  );
  const texts = Array.from(parts, async ([name, { content }]) => [name, await content.text()]);
  expect(Object.fromEntries(await Promise.all(texts))).toEqual({
    '照片/一.txt': '猫',
    empty: '',
    b: 'x'.repeat(70_000),
  });
  expect(parts.get('照片/一.txt')?.crc).toBe(crc32(new TextEncoder().encode('猫')));
});

it('gives the parts of a file of more than 4 GB, whose places have 64 bits', async () => {
  const whole = await bytesOf(await zipOf({ a: 'hello' }));
  const from = new DataView(whole.buffer).getUint32(whole.length - 6, true);
  // Beyond 4 GB lies the part; before it nothing, which takes no room as a Blob of slices would.
  const far = 2 ** 32 + 5;
  const entry = whole.slice(from, whole.length - 22);
  const extra = new DataView(new ArrayBuffer(12));
  extra.setUint16(0, 1, true);
  extra.setUint16(2, 8, true);
  extra.setBigUint64(4, BigInt(far), true);
  new DataView(entry.buffer).setUint16(30, 12, true);
  new DataView(entry.buffer).setUint32(42, 0xffffffff, true);
  const size = entry.length + 12;
  const end = new DataView(new ArrayBuffer(56 + 20 + 22));
  end.setUint32(0, 0x06064b50, true);
  end.setBigUint64(40, BigInt(size), true);
  end.setBigUint64(48, BigInt(far + from), true);
  end.setUint32(56, 0x07064b50, true);
  end.setUint32(76, 0x06054b50, true);
  end.setUint32(76 + 12, size, true);
  end.setUint32(76 + 16, 0xffffffff, true);
  const tail = new Blob([whole.slice(0, from), entry, extra, end]);
  const file = {
    size: far + tail.size,
    slice: (begin: number, stop: number) => tail.slice(begin - far, stop - far),
  } as Blob;
  const parts = await readZip(file);
  expect(await parts.get('a')?.content.text()).toBe('hello');
});

describe('refuses', () => {
  const refused = async (file: Blob | Promise<Blob>) =>
    expect(readZip(await file)).rejects.toThrow(ZipError);

  it('what is no ZIP, or is empty', async () => {
    await refused(new Blob([]));
    await refused(new Blob(['x'.repeat(1000)]));
  });

  it('every file that was cut short', async () => {
    const file = await zipOf({ a: 'hello', b: 'world' });
    for (let size = 0; size < file.size; size++) await refused(file.slice(0, size));
  });

  it('a size that is more than there is', async () => {
    const file = await zipOf({ a: 'hello', b: 'world' });
    const at = await directoryOf(file);
    await refused(changed(file, at + 20, 255, 255, 255, 127));
    await refused(changed(file, at + 20, 255, 255, 255, 255)); // said to be of 64 bits
    await refused(changed(file, at + 42, 255, 255, 255, 127)); // its place
    await refused(changed(file, -10, 255, 255, 255, 127)); // the directory's size
  });

  it('two parts in one place, or of one name', async () => {
    const file = await zipOf({ a: 'hello', b: 'world' });
    const at = await directoryOf(file);
    await refused(changed(file, at + 47 + 42, 0, 0, 0, 0));
    await refused(changed(file, at + 47 + 46, 'a'.charCodeAt(0)));
  });
});

it('tells of a part that another program has packed', async () => {
  const file = await zipOf({ a: 'hello' });
  const at = await directoryOf(file);
  expect((await readZip(file)).get('a')?.packed).toBe(false);
  const deflated = await readZip(await changed(file, at + 10, 8));
  expect(deflated.get('a')?.packed).toBe(true);
  // A bomb says that little becomes much.
  const bomb = await readZip(await changed(file, at + 24, 255, 255, 255, 127));
  expect(bomb.get('a')?.packed).toBe(true);
});
