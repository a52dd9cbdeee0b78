/** From what a Node program holds to bytes for the worker, without touching the original. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { isArrayBuffer, isUint8Array, isUint8ClampedArray } from 'node:util/types';
import { download } from '../../assets/download.js';
import { ShiwuError } from '../../errors.js';
import { throwIfAborted } from '../../host/abort.js';
import { isBlobLike, readBlob } from '../../sources/blob.js';
import { readDataUrl, shorten } from '../../sources/data-url.js';
import type { Parcel } from '../../sources/payload.js';
import type { ImageInput } from '../../types.js';
import { toUrl } from './address.js';

/**
 * Rejects with `unsupported-input` or `unreadable-input`; for an address also with `not-found`,
 * `network` or `truncated-download`; with `aborted`.
 */
export async function packForNode(input: ImageInput, signal: AbortSignal): Promise<Parcel> {
  if (typeof input === 'string' || isUrl(input)) {
    return packBytes(await fetchBytes(input, signal));
  }
  // Not instanceof: test runners hand over values of another realm.
  if (isUint8Array(input)) return packBytes(new Uint8Array(input).buffer);
  if (isArrayBuffer(input)) return packBytes(copy(input));
  if (isBlobLike(input)) return packBytes(await read(input));
  if (isPixels(input)) {
    const { data, width, height } = input;
    const pixels = new Uint8Array(data).buffer;
    return { payload: { kind: 'pixels', data: pixels, width, height }, transfer: [pixels] };
  }
  throw new ShiwuError('unsupported-input', describe(input));
}

function packBytes(bytes: ArrayBuffer): Parcel {
  return { payload: { kind: 'bytes', bytes }, transfer: [bytes] };
}

async function fetchBytes(address: string | URL, signal: AbortSignal): Promise<ArrayBuffer> {
  let url: URL;
  try {
    url = toUrl(address);
  } catch (cause) {
    throw new ShiwuError('unreadable-input', `not an address: ${shorten(String(address))}`, {
      cause,
    });
  }
  try {
    if (url.protocol === 'file:') {
      return new Uint8Array(await readFile(fileURLToPath(url), { signal })).buffer;
    }
    if (url.protocol === 'data:') return readDataUrl(url.href).buffer;
    if (/^https?:$/.test(url.protocol)) {
      const downloaded = await download(url.href, { signal });
      if (downloaded) return downloaded.bytes.buffer;
    }
    return await (await fetch(url, { signal })).arrayBuffer();
  } catch (cause) {
    throwIfAborted(signal);
    if (cause instanceof ShiwuError) throw cause;
    throw new ShiwuError('unreadable-input', `${nameOf(url)}: ${reason(cause)}`, { cause });
  }
}

function copy(buffer: ArrayBuffer): ArrayBuffer {
  try {
    return buffer.slice(0);
  } catch (cause) {
    throw new ShiwuError('unreadable-input', 'the ArrayBuffer has been moved elsewhere', { cause });
  }
}

/** Whatever kind of bytes it gives, a copy of them. */
async function read(blob: Blob): Promise<ArrayBuffer> {
  try {
    return new Uint8Array(await readBlob(blob)).slice().buffer;
  } catch (cause) {
    throw new ShiwuError('unreadable-input', String(cause), { cause });
  }
}

function isUrl(value: unknown): value is URL {
  return tag(value) === 'URL';
}

/** Node has no ImageData: whatever has its three fields will do. */
function isPixels(value: unknown): value is Pick<ImageData, 'data' | 'width' | 'height'> {
  if (typeof value !== 'object' || value === null) return false;
  const { data, width, height } = value as Record<string, unknown>;
  return isUint8ClampedArray(data) && Number.isInteger(width) && Number.isInteger(height);
}

function describe(value: unknown): string {
  return typeof value === 'object' && value !== null ? tag(value) : String(value);
}

function tag(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

function nameOf(url: URL): string {
  return url.protocol === 'file:' ? fileURLToPath(url) : shorten(url.href);
}

function reason(cause: unknown): string {
  if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return 'no such file';
  return cause instanceof Error ? cause.message : String(cause);
}
