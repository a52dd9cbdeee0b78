/** Downloads that report real bytes. */
import { ShiwuError } from '../errors.js';

export interface Download {
  readonly url: string;
  /** Size after transport decompression where it is known beforehand, else 0. */
  readonly bytes: number;
}

/**
 * Fetches files side by side; `onBytes` hears the sums of received and expected bytes. The expected
 * sum is 0 as long as one file's size is unknown. Rejects with `network` and stops the others when
 * one fails.
 */
export async function downloadAll(
  files: readonly Download[],
  onBytes: (loaded: number, total: number) => void,
): Promise<ArrayBuffer[]> {
  const stop = new AbortController();
  const loaded = files.map(() => 0);
  const expected = files.map((file) => file.bytes);
  const report = () =>
    onBytes(sum(loaded), expected.every((bytes) => bytes > 0) ? sum(expected) : 0);
  try {
    return await Promise.all(
      files.map((file, i) =>
        download(file, stop.signal, (bytes, total) => {
          loaded[i] = bytes;
          expected[i] = total;
          report();
        }),
      ),
    );
  } catch (error) {
    stop.abort();
    throw error;
  }
}

async function download(
  file: Download,
  signal: AbortSignal,
  onBytes: (loaded: number, total: number) => void,
): Promise<ArrayBuffer> {
  const name = new URL(file.url).pathname.split('/').pop() ?? file.url;
  try {
    const response = await fetch(file.url, { signal });
    if (!response.ok) throw new ShiwuError('network', `${name}: HTTP ${response.status}`);
    const total = file.bytes || plainLength(response);
    if (!response.body) return await response.arrayBuffer();
    const chunks: Uint8Array[] = [];
    let loaded = 0;
    for (const reader = response.body.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      loaded += value.length;
      // A file that is larger than announced never shows more than all of it.
      onBytes(loaded, total && Math.max(total, loaded));
    }
    if (file.bytes && loaded < file.bytes) {
      throw new ShiwuError('network', `${name}: ${loaded} of ${file.bytes} bytes`);
    }
    onBytes(loaded, loaded);
    return join(chunks, loaded);
  } catch (cause) {
    if (cause instanceof ShiwuError) throw cause;
    throw new ShiwuError('network', `${name}: ${String(cause)}`, { cause });
  }
}

/** Content-Length counts compressed bytes when there is a Content-Encoding, which fetch undoes. */
function plainLength(response: Response): number {
  if (response.headers.get('content-encoding')) return 0;
  return Number(response.headers.get('content-length') ?? 0);
}

function join(chunks: readonly Uint8Array[], length: number): ArrayBuffer {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes.buffer;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
