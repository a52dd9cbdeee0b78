/** What this WebAssembly knows, told by the smallest modules that need it. */

const HEADER = [0, 97, 115, 109, 1, 0, 0, 0];

/** (func (result v128) i32.const 0 i8x16.splat) */
const SIMD = [...HEADER, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11];

/** (func (param v128 v128 v128) (result v128) f32x4.relaxed_madd of the three) */
const RELAXED = [
  ...[...HEADER, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0],
  ...[10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2, 253, 133, 2, 11],
];

function knows(module: number[]): boolean {
  try {
    return WebAssembly.validate(Uint8Array.from(module));
  } catch {
    return false; // there is no WebAssembly
  }
}

export const hasSimd = () => knows(SIMD);
export const hasRelaxedSimd = () => knows(RELAXED);
