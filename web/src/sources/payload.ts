/** From what the caller holds to what can be sent to the worker, without touching the original. */
import { ShiwuError } from '../errors.js';
import type { ImageInput } from '../types.js';
import type { Payload } from '../worker/protocol.js';

/** A payload, and the parts of it that may be moved rather than copied. */
export interface Parcel {
  readonly payload: Payload;
  readonly transfer: Transferable[];
}

/** Makes a parcel from any ImageInput. Rejects with `unsupported-input` or `unreadable-input`. */
export async function pack(input: ImageInput): Promise<Parcel> {
  if (input instanceof Blob) return { payload: { kind: 'blob', blob: input }, transfer: [] };
  if (input instanceof ArrayBuffer) return packBytes(input.slice(0));
  if (input instanceof Uint8Array) return packBytes(Uint8Array.from(input).buffer);
  if (isA(input, 'ImageData')) {
    const data = Uint8ClampedArray.from(input.data).buffer;
    return {
      payload: { kind: 'pixels', data, width: input.width, height: input.height },
      transfer: [data],
    };
  }
  if (isA(input, 'HTMLImageElement')) return packBitmap(await loaded(input));
  if (
    isA(input, 'ImageBitmap') ||
    isA(input, 'HTMLCanvasElement') ||
    isA(input, 'OffscreenCanvas')
  ) {
    return packBitmap(input);
  }
  throw new ShiwuError('unsupported-input', describe(input));
}

function packBytes(bytes: ArrayBuffer): Parcel {
  return { payload: { kind: 'bytes', bytes }, transfer: [bytes] };
}

async function packBitmap(
  source: ImageBitmap | HTMLCanvasElement | OffscreenCanvas | HTMLImageElement,
): Promise<Parcel> {
  try {
    // A copy, so that the original stays open and the copy can be moved.
    const bitmap = await createImageBitmap(source);
    return { payload: { kind: 'bitmap', bitmap }, transfer: [bitmap] };
  } catch (cause) {
    throw new ShiwuError('unreadable-input', String(cause), { cause });
  }
}

async function loaded(image: HTMLImageElement): Promise<HTMLImageElement> {
  try {
    await image.decode();
    return image;
  } catch (cause) {
    throw new ShiwuError('unreadable-input', image.currentSrc || image.src, { cause });
  }
}

interface Kinds {
  ImageData: ImageData;
  ImageBitmap: ImageBitmap;
  HTMLImageElement: HTMLImageElement;
  HTMLCanvasElement: HTMLCanvasElement;
  OffscreenCanvas: OffscreenCanvas;
}

/** `instanceof` that is false where the environment has no such class. */
function isA<K extends keyof Kinds>(value: unknown, kind: K): value is Kinds[K] {
  const kindClass = (globalThis as Record<string, unknown>)[kind];
  return typeof kindClass === 'function' && value instanceof kindClass;
}

function describe(input: unknown): string {
  if (input === null || typeof input !== 'object') return typeof input;
  return input.constructor?.name ?? 'object';
}
