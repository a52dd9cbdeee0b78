/** Files of the kinds that strangers bring, by the core as it ships: see tests/fixtures/corpus/TABLE.md. */
import { beforeAll, describe, expect, it } from 'vitest';
import { ShiwuError } from '../../web/src/errors.js';
import type { Core } from '../../web/src/runtime/core.js';
import { AS_BYTES, loadCore, read } from './support/core.js';

const FOLDER = 'tests/fixtures/corpus';
interface Case {
  readonly name: string;
  readonly file: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly truncated: boolean;
  readonly orientation: number;
  readonly largest: number;
  /** `-`: less than half of the picture is there. */
  readonly pixels: string;
}

let core: Core;
let near: Uint8Array;
const kinds = new Map<string, Case[]>();
beforeAll(async () => {
  core = await loadCore();
  near = await read(`${FOLDER}/pixels.bin`);
  const files = await read(`${FOLDER}/files.bin`);
  for (const line of (await read(`${FOLDER}/cases.tsv`)).toString().trim().split('\n')) {
    if (line.startsWith('#')) continue;
    const [kind = '', name = '', ...cells] = line.split('\t');
    const [offset = 0, size = 0, width = 0, height = 0, truncated, orientation = 1, largest = 0] =
      cells.map(Number);
    const file = files.subarray(offset, offset + size);
    const pixels = cells.at(-1) ?? '';
    const one = { name, file, width, height, truncated: truncated === 1, orientation, largest };
    kinds.set(kind, [...(kinds.get(kind) ?? []), { ...one, pixels }]);
  }
});

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});
function crcOf(bytes: Uint8Array): string {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (CRC[(crc ^ byte) & 255] ?? 0);
  return (~crc >>> 0).toString(16).padStart(8, '0');
}

/** The decoded picture's RGB, as stored, and what is said about it; or an error's code. */
function decode({ file, name }: Case) {
  try {
    const pixels = core.decode(file, 1e8);
    const { width, height, orientation } = pixels;
    // As stored: a tensor would be turned.
    const rgb = Uint8Array.from(core.toTensor([{ ...pixels, orientation: 1 }], AS_BYTES));
    pixels.free();
    expect(core.liveAllocations, name).toBe(0);
    return { width, height, orientation, rgb };
  } catch (error) {
    if (error instanceof ShiwuError) return error.code;
    throw error;
  }
}

describe('the corpus', () => {
  it('is decoded as Pillow decodes it', () => {
    const table: Record<string, unknown>[] = [];
    const wrong: string[] = [];
    for (const [kind, cases] of kinds) {
      let largest = 0;
      for (const one of cases) {
        const got = decode(one);
        if (one.pixels === '-') {
          if (got !== 'truncated-image') wrong.push(`${kind}: ${one.name} was not refused`);
          continue;
        }
        if (typeof got === 'string') {
          wrong.push(`${kind}: ${one.name} is ${got}`);
          continue;
        }
        const { rgb, ...facts } = got;
        const { width, height, orientation } = one;
        expect(facts, `${kind}: ${one.name}`).toEqual({ width, height, orientation });
        if (one.largest === 0) {
          if (crcOf(rgb) !== one.pixels) wrong.push(`${kind}: ${one.name} has other pixels`);
          continue;
        }
        const at = Number(one.pixels);
        rgb.forEach((value, i) => {
          largest = Math.max(largest, Math.abs(value - (near[at + i] ?? 0)));
        });
        expect(largest, one.name).toBeLessThanOrEqual(one.largest);
      }
      const refused = cases.filter(({ pixels }) => pixels === '-').length;
      table.push({ kind, files: cases.length, 'of which too short': refused, largest });
    }
    console.table(table);
    expect(wrong).toEqual([]);
    expect([...kinds.values()].flat().length).toBeGreaterThan(700);
  });

  it('says what is incomplete', () => {
    const fit = { width: 8, height: 8, mode: 'stretch', cropFraction: 1, filter: 'box' } as const;
    for (const one of [...kinds.values()].flat()) {
      if (one.pixels === '-') continue;
      const fitted = core.fitFile(one.file, fit, { maxPixels: 1e8, exact: true, region: null });
      fitted.pixels.free();
      expect(fitted.truncated, one.name).toBe(one.truncated);
    }
  });
});
