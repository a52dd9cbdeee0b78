/**
 * A PNG may say behind its pixels how it is to be turned (eXIf, PNG 11.3.4.5). The classifier looks there, browsers
 * do not: for the eye the chunk is put where they look, so that both see the same picture.
 */

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Bytes at the end of the file among which the chunk is looked for; behind the pixels there is little. */
const TAIL = 1 << 16;
/** Bytes of a chunk around its content: length, name, checksum. */
const AROUND = 12;

/** The file as browsers show it turned; itself where there is nothing to do. */
export async function turned(file: Blob): Promise<Blob> {
  try {
    const head = new Uint8Array(await file.slice(0, SIGNATURE.length).arrayBuffer());
    if (!SIGNATURE.every((byte, i) => head[i] === byte)) return file;
    if (!hasName(new Uint8Array(await file.slice(-TAIL).arrayBuffer()))) return file;
    const places = placesOf(new DataView(await file.arrayBuffer()));
    if (!places) return file;
    const { pixels, exif, behind } = places;
    const parts = [
      file.slice(0, pixels),
      file.slice(exif, behind),
      file.slice(pixels, exif),
      file.slice(behind),
    ];
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

/** Where the pixels begin, and a chunk behind them with the orientation begins and ends. */
function placesOf(file: DataView): { pixels: number; exif: number; behind: number } | undefined {
  let pixels = 0;
  for (let at = SIGNATURE.length; at + AROUND <= file.byteLength; ) {
    const end = at + AROUND + file.getUint32(at);
    const name = String.fromCharCode(...[4, 5, 6, 7].map((i) => file.getUint8(at + i)));
    if (end > file.byteLength) return undefined;
    if (name === 'IDAT') pixels ||= at;
    if (name === 'eXIf') return pixels ? { pixels, exif: at, behind: end } : undefined;
    at = end;
  }
  return undefined;
}
