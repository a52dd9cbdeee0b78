/**
 * Bytes as text that lies in a page: seven bits a character, an eighth more than the bytes where base64
 * takes a third. HTML changes NUL and carriage return, and `<` could end the text: they stand 128 higher,
 * where two bytes of UTF-8 write them.
 */

const UNSAFE = [0, '\r'.charCodeAt(0), '<'.charCodeAt(0)];

export function textOf(bytes: Uint8Array): string {
  const characters: string[] = [];
  let bits = 0;
  let count = 0;
  const put = (code: number) =>
    characters.push(String.fromCharCode(UNSAFE.includes(code) ? code + 128 : code));
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0x7fff; // at most six bits are left from before
    for (count += 8; count >= 7; ) {
      count -= 7;
      put((bits >> count) & 127);
    }
  }
  if (count > 0) put((bits << (7 - count)) & 127);
  return characters.join('');
}

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.floor((text.length * 7) / 8));
  let at = 0;
  let bits = 0;
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    bits = ((bits << 7) | (text.charCodeAt(i) & 127)) & 0x7fff;
    count += 7;
    if (count >= 8) {
      count -= 8;
      bytes[at++] = bits >> count;
    }
  }
  return bytes;
}
