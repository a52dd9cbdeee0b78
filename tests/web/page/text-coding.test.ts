import { describe, expect, test } from 'vitest';
import { bytesOf, textOf } from '../../../web/page/single/text-coding.js';

const all = Uint8Array.from({ length: 256 * 7 }, (_, i) => (i * 37 + (i >> 8)) & 255);

describe('bytes as text in a page', () => {
  test('every length comes back as it was', () => {
    for (let length = 0; length < 40; length++) {
      expect(bytesOf(textOf(all.subarray(0, length)))).toEqual(all.slice(0, length));
    }
    expect(bytesOf(textOf(all))).toEqual(all);
  });

  test('a known text', () => {
    // 0x00 0x3c 0x1a in sevens: 0000000 0001111 0000011 010(0000)
    expect(textOf(Uint8Array.of(0, 0x3c, 0x1a))).toBe('\x80\x0f\x03\x20');
  });

  test('HTML leaves the text alone', () => {
    const text = textOf(all);
    for (const unsafe of ['\0', '\r', '<']) expect(text).not.toContain(unsafe);
    expect(Math.max(...Array.from(text, (one) => one.charCodeAt(0)))).toBe(0xbc);
  });

  test('an eighth more than the bytes, and a little', () => {
    expect(Buffer.byteLength(textOf(all)) / all.length).toBeLessThan(1.18);
  });
});
