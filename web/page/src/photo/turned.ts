/**
 * A PNG may say behind its pixels how it is to be turned (eXIf, PNG 11.3.4.5), or with JPEG's "Exif" in front. The
 * classifier reads both, browsers neither: for the eye the chunk is put where and as they read it, so that both see
 * the same picture.
 */

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** What stands before the orientation in JPEG, and does not belong into PNG. */
const PREFIX = [0x45, 0x78, 0x69, 0x66, 0, 0];
/** Bytes at either end of the file among which the chunk is looked for; around the pixels there is little. */
const TAIL = 1 << 16;
/** Bytes of a chunk around its content: length, name, checksum. */
const AROUND = 12;

/** The file as browsers show it turned; itself where there is nothing to do. */
export async function turned(file: Blob): Promise<Blob> {
  try {
    const head = new Uint8Array(await file.slice(0, SIGNATURE.length).arrayBuffer());
    if (!SIGNATURE.every((byte, i) => head[i] === byte)) return file;
    const ends = [file.slice(0, TAIL), file.slice(-TAIL)];
    const read = await Promise.all(
      ends.map(async (end) => new Uint8Array(await end.arrayBuffer())),
    );
    if (!read.some(hasName)) return file;
    const bytes = new Uint8Array(await file.arrayBuffer());
    const places = placesOf(new DataView(bytes.buffer));
    if (!places) return file;
    const { pixels, exif, behind } = places;
    const content = bytes.subarray(exif + 8, behind - 4);
    const wrapped = PREFIX.every((byte, i) => content[i] === byte);
    if (exif < pixels && !wrapped) return file;
    const chunk = wrapped ? exifOf(content.subarray(PREFIX.length)) : bytes.slice(exif, behind);
    const parts =
      exif < pixels
        ? [file.slice(0, exif), chunk, file.slice(behind)]
        : [file.slice(0, pixels), chunk, file.slice(pixels, exif), file.slice(behind)];
    return new Blob(parts, { type: 'image/png' });
  } catch {
    return file; // it cannot be read, which others say
  }
}

/** Whether `eXIf` stands somewhere. */
function hasName(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(0x65); at >= 0; at = bytes.indexOf(0x65, at + 1)) {
    if (bytes[at + 1] === 0x58 && bytes[at + 2] === 0x49 && bytes[at + 3] === 0x66) return true;
  }
  return false;
}

/** The chunk with this content. */
function exifOf(content: Uint8Array): Uint8Array<ArrayBuffer> {
  const chunk = new Uint8Array(AROUND + content.length);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, content.length);
  chunk.set([0x65, 0x58, 0x49, 0x66], 4);
  chunk.set(content, 8);
  view.setUint32(chunk.length - 4, checksum(chunk.subarray(4, -4)));
  return chunk;
}

/** CRC-32 as PNG has it (annex D), a bit at a time: the chunk is small. */
function checksum(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** Where the pixels begin, and the chunk with the orientation begins and ends. */
function placesOf(file: DataView): { pixels: number; exif: number; behind: number } | undefined {
  let pixels = 0;
  let chunk: { exif: number; behind: number } | undefined;
  for (let at = SIGNATURE.length; at + AROUND <= file.byteLength; ) {
    const end = at + AROUND + file.getUint32(at);
    const name = String.fromCharCode(...[4, 5, 6, 7].map((i) => file.getUint8(at + i)));
    if (end > file.byteLength) return undefined;
    if (name === 'IDAT') pixels ||= at;
    if (name === 'eXIf') chunk ??= { exif: at, behind: end };
    if (pixels && chunk) return { pixels, ...chunk };
    at = end;
  }
  return undefined;
}
