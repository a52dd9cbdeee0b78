/** From what the caller holds to what can be sent to the worker, without touching the original. */
import { ShiwuError } from '../errors.js';
import type { ImageInput } from '../types.js';
import type { Payload } from '../worker/protocol.js';
import { fetchPicture } from './address.js';
import { isBlobLike, readBlob } from './blob.js';
import { describe, isA } from './kind.js';
import { capture, type Still } from './stills.js';

/** A payload, and the parts of it that may be moved rather than copied. */
export interface Parcel {
  readonly payload: Payload;
  readonly transfer: Transferable[];
}

/**
 * Makes a parcel from any ImageInput. Rejects with `unsupported-input` or `unreadable-input`; for an
 * address also with `invalid-argument`, `not-found` or `network`; with `aborted`.
 */
export async function pack(input: ImageInput, signal?: AbortSignal): Promise<Parcel> {
  if (isA(input, 'Blob', 'File')) return packBlob(input);
  if (isA(input, 'ArrayBuffer')) return packBytes(copyBuffer(input));
  // A view may lie in shared or in wasm memory, which cannot be moved: always a copy.
  if (isA(input, 'Uint8Array')) return packBytes(new Uint8Array(input).buffer);
  if (typeof input === 'string' || isA(input, 'URL')) {
    return packBlob(await fetchPicture(input, signal));
  }
  if (isA(input, 'ImageData') || isPixels(input)) return packPixels(input);
  if (isStill(input)) return packBitmap(await capture(input, signal));
  // Does as a Blob does, but cannot be sent: a polyfill's, or a class of the caller's own.
  if (isBlobLike(input)) return packBytes(await read(input));
  throw new ShiwuError('unsupported-input', describe(input));
}

function packBlob(blob: Blob): Parcel {
  return { payload: { kind: 'blob', blob }, transfer: [] };
}

function packBytes(bytes: ArrayBuffer): Parcel {
  return { payload: { kind: 'bytes', bytes }, transfer: [bytes] };
}

function packBitmap(bitmap: ImageBitmap | VideoFrame): Parcel {
  return { payload: { kind: 'bitmap', bitmap }, transfer: [bitmap] };
}

async function packPixels(image: ImageData): Promise<Parcel> {
  const { data, width, height, colorSpace = 'srgb' } = image;
  // Anything but 8-bit sRGB is the browser's to convert.
  if (colorSpace === 'srgb' && isA(data, 'Uint8ClampedArray')) {
    const copy = new Uint8ClampedArray(data).buffer;
    return { payload: { kind: 'pixels', data: copy, width, height }, transfer: [copy] };
  }
  try {
    return packBitmap(await createImageBitmap(image));
  } catch (cause) {
    const reason = `ImageData of ${describe(data)} in ${colorSpace}`;
    throw new ShiwuError('unsupported-input', reason, { cause });
  }
}

async function read(blob: Blob): Promise<ArrayBuffer> {
  try {
    return new Uint8Array(await readBlob(blob)).slice().buffer;
  } catch (cause) {
    throw new ShiwuError('unreadable-input', String(cause), { cause });
  }
}

function copyBuffer(buffer: ArrayBuffer): ArrayBuffer {
  try {
    return buffer.slice(0);
  } catch (cause) {
    throw new ShiwuError('unreadable-input', 'the ArrayBuffer has been moved elsewhere', { cause });
  }
}

/** What has an ImageData's fields will do: Node has no such class. */
function isPixels(input: object | null): input is ImageData {
  return (
    isA(input, 'Object') &&
    'data' in input &&
    isA(input.data, 'Uint8ClampedArray') &&
    'width' in input
  );
}

function isStill(input: unknown): input is Still {
  return isA(
    input,
    'HTMLImageElement',
    'HTMLCanvasElement',
    'OffscreenCanvas',
    'HTMLVideoElement',
    'VideoFrame',
    'ImageBitmap',
  );
}
