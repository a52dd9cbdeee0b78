import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

/** What gains; the rest is packed already. */
const TEXT = /\.(css|html|js|mjs|svg|webmanifest)$/;
/** Bytes that travel in one packet anyway. */
const SMALL = 1000;

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

/**
 * Lays a `.br` and a `.gz` beside each text file, for hosts that send what lies there in place of
 * compressing each answer (nginx: `brotli_static on; gzip_static on;`). No page asks for them by name.
 */
export function precompressed(): Plugin {
  let folder: string;
  return {
    name: 'shiwu-precompressed',
    apply: 'build',
    enforce: 'post',
    configResolved({ build }) {
      folder = build.outDir;
    },
    // Last of all: the service worker is written when the bundle is closed.
    closeBundle: { order: 'post', sequential: true, handler: () => compressAll(folder) },
  };
}

async function compressAll(folder: string): Promise<void> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  await Promise.all(
    files
      .filter((file) => TEXT.test(file))
      .map(async (file) => {
        const path = join(folder, file);
        const plain = readFileSync(path);
        if (plain.length <= SMALL) return;
        const size = { [constants.BROTLI_PARAM_SIZE_HINT]: plain.length };
        for (const [end, packed] of [
          ['br', await brotli(plain, { params: size })],
          ['gz', await zip(plain, { level: 9 })],
        ] as const) {
          writeFileSync(`${path}.${end}`, packed);
        }
      }),
  );
}
