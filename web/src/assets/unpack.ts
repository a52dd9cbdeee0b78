/** gzip, undone by the browser itself. */
import { ShiwuError } from '../errors.js';

/** Whether these bytes are a gzip file: told by its first two bytes, never by a name or a header. */
export function isPacked(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** About 1 ms of inflating, which browsers do on the thread that writes. */
const SLICE = 1 << 16;
/** After so many milliseconds other tasks of the thread get their turn. */
const TURN_MS = 8;

/** What a model may unpack to: 1 GiB. One MB of zeros, packed, is a GB of them. */
export const MOST_UNPACKED = 2 ** 30;

/**
 * The plain bytes; those that are not packed are returned as they are. A file that ends early
 * rejects with `truncated-download`, a damaged one with `tampered-download`, one that would become
 * larger than `most` bytes with `invalid-model`, as soon as it is.
 */
export async function unpack(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  most = MOST_UNPACKED,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!isPacked(bytes)) return bytes;
  const { readable, writable } = gunzip();
  const collected = collect(readable, name, most);
  const writer = writable.getWriter();
  let written = false;
  const write = async () => {
    let turn = performance.now();
    for (let at = 0; at < bytes.length; at += SLICE) {
      await writer.write(bytes.subarray(at, at + SLICE));
      if (performance.now() - turn > TURN_MS) {
        await nextTask();
        turn = performance.now();
      }
    }
    written = true;
    await nextTask(); // joining what came out is a task by itself
    await writer.close();
  };
  try {
    const [plain] = await Promise.all([collected, write()]);
    return plain;
  } catch (cause) {
    if (cause instanceof ShiwuError) throw cause;
    // Browsers find damage while they take bytes in, and a missing end only when there are no more.
    // Node says which it was.
    const code = (cause as { code?: unknown }).code;
    const ended = typeof code === 'string' ? code === 'Z_BUF_ERROR' : written;
    throw new ShiwuError(ended ? 'truncated-download' : 'tampered-download', name, { cause });
  }
}

/** Chrome 80, Safari 16.4, Firefox 113: hardly younger than the module workers and SIMD that shiwu needs. */
function gunzip(): DecompressionStream {
  try {
    return new DecompressionStream('gzip');
  } catch (cause) {
    throw new ShiwuError('unsupported-environment', `DecompressionStream: ${cause}`, { cause });
  }
}

async function collect(
  stream: ReadableStream<Uint8Array>,
  name: string,
  most: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (const reader = stream.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return join(chunks);
    size += value.length;
    if (size > most) {
      const error = new ShiwuError('invalid-model', `${name}: unpacks to more than ${most} bytes`);
      reader.cancel(error).catch(() => {}); // it would never end
      throw error;
    }
    chunks.push(value);
  }
}

export function join(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** Timers would wait 4 ms or, in a hidden tab, a second. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
