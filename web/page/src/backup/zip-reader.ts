/**
 * Reads the ZIP files that this page writes, and no others: every part is stored as it is, so that nothing can grow
 * when it is opened, a photo is a slice of the file, and no more than a directory is ever in memory.
 */

/** A part where it lies in the file. */
export interface Stored {
  readonly content: Blob;
  /** CRC-32 of its bytes, as the directory has it. */
  readonly crc: number;
  /** Another program has packed it: `content` is no use then. */
  readonly packed: boolean;
}

/** The file is no ZIP, or not one that this page writes. */
export class ZipError extends Error {}

/** Some two million photos. */
const MOST_DIRECTORY = 256_000_000;

const END = 22;
const LOCATOR = 20;
const END64 = 56;
const HEADER = 30;
const ENTRY = 46;

const SIGNATURE = {
  entry: 0x02014b50,
  end: 0x06054b50,
  locator: 0x07064b50,
  end64: 0x06064b50,
};

/** In place of a number that does not fit: it stands in the 64-bit record then. */
const ELSEWHERE = 0xffffffff;

/** The parts by name. Throws ZipError. */
export async function readZip(file: Blob): Promise<ReadonlyMap<string, Stored>> {
  const { size, offset } = await readEnd(file);
  expect(size <= MOST_DIRECTORY, 'its directory is too long');
  const directory = await viewOf(file, offset, size);
  const parts = new Map<string, Stored>();
  const places: [from: number, to: number][] = [];
  for (let at = 0; at < size; ) {
    const entry = readEntry(directory, at);
    at = entry.next;
    expect(entry.end <= offset, 'a part is cut short');
    expect(!parts.has(entry.name), 'two parts have one name');
    places.push([entry.begin, entry.end]);
    const { name, begin, end, crc, packed } = entry;
    parts.set(name, { content: file.slice(begin, end), crc, packed });
  }
  places.sort(([a], [b]) => a - b);
  for (const [i, [from]] of places.entries()) {
    expect(i === 0 || (places[i - 1]?.[1] ?? 0) <= from, 'two parts lie in one place');
  }
  return parts;
}

/** Where the directory lies. */
interface End {
  readonly size: number;
  readonly offset: number;
}

async function readEnd(file: Blob): Promise<End> {
  expect(file.size >= END, 'it is too short');
  const end = await viewOf(file, file.size - END, END);
  expect(end.getUint32(0, true) === SIGNATURE.end, 'it has no end');
  const size = end.getUint32(12, true);
  const offset = end.getUint32(16, true);
  if (size !== ELSEWHERE && offset !== ELSEWHERE) {
    expect(offset + size <= file.size - END, 'its directory is cut short');
    return { size, offset };
  }
  const begin = file.size - END - LOCATOR - END64;
  expect(begin >= 0, 'it is too short');
  const long = await viewOf(file, begin, END64 + LOCATOR);
  expect(long.getUint32(0, true) === SIGNATURE.end64, 'it has no long end');
  expect(long.getUint32(END64, true) === SIGNATURE.locator, 'it has no long end');
  const end64 = { size: whole(long, 40), offset: whole(long, 48) };
  expect(end64.offset + end64.size <= begin, 'its directory is cut short');
  return end64;
}

function readEntry(directory: DataView, at: number) {
  expect(at + ENTRY <= directory.byteLength, 'its directory is cut short');
  expect(directory.getUint32(at, true) === SIGNATURE.entry, 'its directory is damaged');
  const method = directory.getUint16(at + 10, true);
  const nameLength = directory.getUint16(at + 28, true);
  const extraLength = directory.getUint16(at + 30, true);
  const next = at + ENTRY + nameLength + extraLength + directory.getUint16(at + 32, true);
  expect(next <= directory.byteLength, 'its directory is cut short');
  const sizes = [
    directory.getUint32(at + 20, true), // packed
    directory.getUint32(at + 24, true),
    directory.getUint32(at + 42, true), // where it begins
  ];
  const extra = at + ENTRY + nameLength;
  const [length = 0, size = 0, offset = 0] = sizes.includes(ELSEWHERE)
    ? longSizes(directory, extra, extra + extraLength, sizes)
    : sizes;
  const name = new TextDecoder().decode(
    new Uint8Array(directory.buffer, directory.byteOffset + at + ENTRY, nameLength),
  );
  // Before it lies a header of its own with the name once more. Were there more in it, its CRC-32 would tell.
  const begin = offset + HEADER + nameLength;
  const packed = method !== 0 || length !== size;
  const crc = directory.getUint32(at + 16, true);
  return { name, begin, end: begin + length, crc, packed, next };
}

/** Numbers that do not fit, from the entry's 64-bit field. */
function longSizes(
  view: DataView,
  from: number,
  to: number,
  short: readonly number[],
): readonly number[] {
  for (let at = from; at + 4 <= to; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    let field = at + 4;
    return short.map((value) => {
      const isLong = value === ELSEWHERE;
      expect(!isLong || field + 8 <= to, 'its directory is damaged');
      if (!isLong) return value;
      field += 8;
      return whole(view, field - 8);
    });
  }
  throw new ZipError('its directory is damaged');
}

/** 64 bits that a number of JavaScript holds. */
function whole(view: DataView, at: number): number {
  const value = Number(view.getBigUint64(at, true));
  expect(Number.isSafeInteger(value), 'a size is beyond all bounds');
  return value;
}

async function viewOf(file: Blob, offset: number, size: number): Promise<DataView> {
  const view = new DataView(await file.slice(offset, offset + size).arrayBuffer());
  expect(view.byteLength === size, 'it is cut short');
  return view;
}

function expect(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new ZipError(otherwise);
}

/** CRC-32 of ZIP, of bytes that follow those whose CRC-32 is `before`. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  for (const byte of bytes) crc = (crc >>> 8) ^ (CRC[(crc ^ byte) & 0xff] ?? 0);
  return ~crc >>> 0;
}

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  let crc = n;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});
