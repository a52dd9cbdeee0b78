/** Bytes of a text file of unknown encoding, as people save label files and lists. */

/** The encodings that are told apart, as people write them. */
export type Encoding = 'UTF-8' | 'UTF-16' | 'GB18030';

/** A file's text, without a byte order mark, and the encoding that it was in. */
export interface Decoded {
  /** The text. */
  readonly text: string;
  /** What it was saved in. */
  readonly encoding: Encoding;
}

const MARKS: readonly [label: string, encoding: Encoding, mark: readonly number[]][] = [
  ['utf-8', 'UTF-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', 'UTF-16', [0xff, 0xfe]],
  ['utf-16be', 'UTF-16', [0xfe, 0xff]],
];

/** By its byte order mark; else as UTF-8 where it is that, as UTF-16 where zeros tell it, and as GB 18030. */
export function decodeText(bytes: Uint8Array): Decoded {
  const read = (label: string, encoding: Encoding, fatal = false): Decoded => ({
    text: new TextDecoder(label, { fatal }).decode(bytes),
    encoding,
  });
  for (const [label, encoding, mark] of MARKS) {
    if (mark.every((byte, i) => bytes[i] === byte)) return read(label, encoding);
  }
  // Line breaks have a zero beside them in UTF-16, and text of one byte a character has none at all.
  const zero = bytes.indexOf(0);
  if (zero >= 0) return read(zero % 2 === 1 ? 'utf-16le' : 'utf-16be', 'UTF-16');
  try {
    const decoded = read('utf-8', 'UTF-8', true);
    if (!isStray(decoded.text)) return decoded;
  } catch {
    // Mainland programs write nothing else.
  }
  return read('gb18030', 'GB18030');
}

/**
 * 猫 in GB 18030 is è in UTF-8, and 水母 is ˮĸ. Accented letters and phonetic signs that have no letter
 * beside them, and nothing else of UTF-8, are no labels; é and è by themselves may be, when there are more.
 */
function isStray(text: string): boolean {
  const foreign = text.match(/\P{ASCII}/gu) ?? [];
  return (
    foreign.length > 0 &&
    foreign.every((letter) => letter >= 'À' && letter <= 'Ͽ') &&
    !/[A-Za-z][^\0-\x7f]|[^\0-\x7f][A-Za-z]/.test(text) &&
    (foreign.some((letter) => /[\u0180-\u036f\u03d0-\u03ff]/.test(letter)) ||
      (foreign.length <= 2 && foreign.every((letter) => letter <= 'ſ')))
  );
}
