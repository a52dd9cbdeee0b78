/**
 * Bytes that are no file of any kind, the same in every run, and others for another `nth`: among random ones every 256th
 * time the first is `<`, by which a web page is known.
 */
export function noise(length: number, nth = 0): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 12345 + Math.imul(nth, 0x9e3779b9);
  for (let i = 0; i < length; i++) {
    // A linear congruential generator; its high bits.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}
