/** The package's files and own models under Node: from the disk, or over the network. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { open } from '../../assets/check.js';
import { loadAssets } from '../../assets/load.js';
import type { Asset } from '../../assets/locate.js';
import { ShiwuError } from '../../errors.js';
import { throwIfAborted } from '../../host/abort.js';
import type { LoadOptions } from '../platform.js';

type Bytes = Uint8Array<ArrayBuffer>;

/** As `loadAssets`; what lies on the disk is read from there each time, no copy is kept. */
export async function loadFiles(
  assets: readonly Asset[],
  { signal, onBytes, onFile }: LoadOptions,
): Promise<Bytes[]> {
  const loaded = assets.map(() => 0);
  const totals = assets.map(({ bytes }) => bytes);
  const report = (at: number, bytes: number, total: number) => {
    loaded[at] = bytes;
    totals[at] = total;
    onBytes(sum(loaded), totals.every((size) => size > 0) ? sum(totals) : 0);
  };
  const stop = new AbortController();
  const abort = () => stop.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.all(
      assets.map(async (asset, at) => {
        if (asset.url.startsWith('file:')) {
          const bytes = await read(asset, stop.signal);
          report(at, bytes.length, bytes.length);
          const plain = await open(asset, bytes);
          onFile?.(at, plain);
          return plain;
        }
        const [bytes] = await loadAssets([asset], {
          cache: false,
          signal: stop.signal,
          onBytes: (bytes, total) => report(at, bytes, total),
          onFile: (_, bytes) => onFile?.(at, bytes),
        });
        return bytes as Bytes;
      }),
    );
  } catch (error) {
    stop.abort(); // one failure stops the others
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function read({ url }: Asset, signal: AbortSignal): Promise<Bytes> {
  try {
    return await readFile(fileURLToPath(url), { signal });
  } catch (cause) {
    throwIfAborted(signal);
    throw new ShiwuError('not-found', cause instanceof Error ? cause.message : String(cause), {
      cause,
    });
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
