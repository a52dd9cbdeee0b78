// Packs a file for dist/: the smallest gzip that zlib makes of it, and its measures.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { constants, gunzipSync, gzip as gzipWithCallback } from 'node:zlib';

const gzip = promisify(gzipWithCallback);

// Which of them is smallest depends on the file: compact int8 weights gain from Z_FILTERED, code
// loses. zlib writes no time or name into the header, so the same input gives the same file.
const WAYS = [constants.Z_DEFAULT_STRATEGY, constants.Z_FILTERED].flatMap((strategy) =>
  [8, 9].map((memLevel) => ({ level: 9, memLevel, strategy })),
);

const measure = (bytes) => ({
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
});

/** @returns the sizes and SHA-256 of the packed and of the plain file */
export async function packAsset(from, to) {
  const plain = readFileSync(from);
  const packed = keptFrom(to, plain) ?? (await smallest(plain));
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, packed);
  return { ...measure(packed), plain: measure(plain) };
}

async function smallest(plain) {
  const all = await Promise.all(WAYS.map((way) => gzip(plain, way)));
  return all.reduce((best, next) => (next.length < best.length ? next : best));
}

/** Last build's file, if it holds the same bytes: packing takes seconds, this does not. */
function keptFrom(path, plain) {
  if (!existsSync(path)) return undefined;
  const packed = readFileSync(path);
  try {
    return gunzipSync(packed).equals(plain) ? packed : undefined;
  } catch {
    return undefined; // cut short by an interrupted build
  }
}
