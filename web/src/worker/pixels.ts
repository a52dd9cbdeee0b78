/** From a payload to what the model sees, and what is known about the picture. */
import { ShiwuError } from '../errors.js';
import {
  type Core,
  checkIntegers,
  type FileOptions,
  type FitOptions,
  type HeapPixels,
  uprightSize,
} from '../runtime/core.js';
import { type Decoded, decode } from '../sources/decode.js';
import { checkSize, type Size } from '../sources/size.js';
import type { Classification, Region } from '../types.js';
import type { Payload } from './protocol.js';

export interface Picture {
  /** Of the model's size. The caller frees them. */
  readonly pixels: HeapPixels;
  readonly image: Classification['image'];
}

/**
 * What the core cannot read, the browser may: its decoders know more formats, and bear more damage. What
 * breaks off too early stays refused: the browser would not say how much of the picture is missing.
 */
const WORTH_ANOTHER_TRY = ['unsupported-format', 'corrupt-image'];

/**
 * JPEG, PNG, GIF and BMP are decoded by the core, the same everywhere; what it cannot read by the
 * browser. `decoded` is called between decoding and resizing, and throws when the caller has given up.
 */
export async function readPicture(
  core: Core,
  payload: Payload,
  fit: FitOptions,
  settings: FileOptions,
  decoded: () => Promise<void>,
): Promise<Picture> {
  if (payload.kind === 'blob' || payload.kind === 'bytes') {
    const bytes =
      payload.kind === 'blob' ? await readBlob(payload.blob) : new Uint8Array(payload.bytes);
    try {
      const { pixels, ...image } = core.fitFile(bytes, fit, settings);
      try {
        await decoded();
      } catch (error) {
        pixels.free();
        throw error;
      }
      return { pixels, image: { ...image, decoder: 'shiwu' } };
    } catch (error) {
      if (!(error instanceof ShiwuError) || !WORTH_ANOTHER_TRY.includes(error.code)) throw error;
      const given = payload.kind === 'bytes' ? payload.decoded : undefined;
      const { bitmap, orientation } = await decodeInBrowser(
        core,
        bytes,
        settings.maxPixels,
        error,
        given,
      );
      const read = readBitmap(core, bitmap, fit, settings, orientation);
      const { pixels, image } = await fitPixels(core, read, 'browser', fit, settings, decoded);
      const takenAt = core.readCaptureTime(bytes);
      return { pixels, image: { ...image, ...(takenAt && { takenAt }) } };
    }
  }
  if (payload.kind === 'bitmap') {
    const read = readBitmap(core, payload.bitmap, fit, settings);
    return fitPixels(core, read, null, fit, settings, decoded);
  }
  const { width, height } = checkSize(payload, settings.maxPixels);
  const pixels = core.importPixels(new Uint8ClampedArray(payload.data), width, height);
  const { region } = settings;
  const read = { pixels, region, size: { width, height } };
  return fitPixels(core, read, null, fit, settings, decoded);
}

/** Pixels in the heap, whole or smaller than the picture. */
interface ReadPixels {
  readonly pixels: HeapPixels;
  /** In pixels of `pixels`, upright; null: all of them. */
  readonly region: Region | null;
  /** Of the picture, upright. */
  readonly size: Size;
}

async function fitPixels(
  core: Core,
  { pixels, region, size }: ReadPixels,
  decoder: 'browser' | null,
  fit: FitOptions,
  { exact }: FileOptions,
  decoded: () => Promise<void>,
): Promise<Picture> {
  try {
    await decoded();
    const { orientation } = pixels;
    return {
      pixels: core.fitToModel(pixels, fit, { exact, region }),
      image: { ...size, orientation, decoder, truncated: false },
    };
  } finally {
    pixels.free();
  }
}

async function readBlob(blob: Blob): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (cause) {
    throw new ShiwuError('unreadable-input', String(cause), { cause });
  }
}

/**
 * `refusal` is the core's: it stands where there is no other decoder, or that one fails too. `given` is what the
 * caller's browser made of the bytes already.
 */
async function decodeInBrowser(
  core: Core,
  bytes: Uint8Array<ArrayBuffer>,
  maxPixels: number,
  refusal: ShiwuError,
  given: Decoded | undefined,
): Promise<{ bitmap: ImageBitmap; orientation: number }> {
  const format = core.sniffFormat(bytes.subarray(0, 32));
  // Without a known signature the bytes are no photo; SVG, which would need a document, included.
  if (format === 'unknown') throw refusal;
  const ours = format === 'jpeg' || format === 'png' || format === 'gif' || format === 'bmp';
  if (typeof createImageBitmap === 'undefined') {
    // Node has no decoder at all.
    if (ours) throw refusal;
    if (format === 'heic') throw new ShiwuError('needs-decoder', format);
    const advice = 'only browsers decode this; convert it to JPEG or PNG';
    throw new ShiwuError('unsupported-format', `${format}: ${advice}`);
  }
  // Before the browser makes room for it.
  const claimed = core.readClaimedSize(bytes);
  if (claimed) checkSize(claimed, maxPixels);
  const { bitmap, turnsWebp } = given ?? (await decodeHere(bytes));
  if (!bitmap) {
    if (ours) throw refusal;
    // Every browser this runs in reads WebP and AVIF; whether it reads HEIC is its own affair.
    throw new ShiwuError(format === 'heic' ? 'needs-decoder' : 'corrupt-image', format);
  }
  const turned = format !== 'webp' || turnsWebp;
  return { bitmap, orientation: turned ? 1 : core.readOrientation(bytes) };
}

async function decodeHere(bytes: Uint8Array<ArrayBuffer>): Promise<Decoded> {
  const decoded = await decode(new Blob([bytes]));
  // Then it may be the worker that reads no Blobs: the caller decodes.
  if (!decoded.bitmap) await readBlob(new Blob([' ']));
  return decoded;
}

/**
 * Copies the pixels into the heap and closes what held them. A frame counts as it is shown. Unless they
 * are wanted exactly, a large picture is drawn smaller first, to no less than twice what the model sees.
 */
function readBitmap(
  core: Core,
  bitmap: ImageBitmap | VideoFrame,
  fit: FitOptions,
  { maxPixels, exact, region }: FileOptions,
  orientation = 1,
): ReadPixels {
  try {
    const stored = checkSize(sizeOf(bitmap), maxPixels);
    // A bitmap's sides are its prototype's, so that it cannot be spread.
    const size = uprightSize({ width: stored.width, height: stored.height, orientation });
    const shrink = exact ? 1 : shrinkBy(region ?? size, fit);
    const width = Math.ceil(stored.width / shrink);
    const height = Math.ceil(stored.height / shrink);
    const context = new OffscreenCanvas(width, height).getContext('2d', {
      willReadFrequently: true, // keeps the pixels in main memory: no trip through the GPU
    });
    if (!context) throw new ShiwuError('out-of-memory', 'no canvas');
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    const pixels = core.importPixels(data, width, height, orientation);
    return { pixels, region: shrink === 1 ? region : smaller(region, size, shrink), size };
  } catch (cause) {
    if (cause instanceof ShiwuError) throw cause;
    throw new ShiwuError('unreadable-input', String(cause), { cause });
  } finally {
    bitmap.close();
  }
}

/** How many times smaller a picture may be and still have twice the model's pixels across and down. */
function shrinkBy({ width, height }: Size, fit: FitOptions): number {
  const least = fit.cropFraction * Math.min(width / fit.width, height / fit.height);
  return Math.max(1, Math.floor(least / 2));
}

/** The region in a picture that was made smaller, with the pixels that it touches. */
function smaller(region: Region | null, size: Size, shrink: number): Region | null {
  if (!region) return null;
  const { x, y, width, height } = checkIntegers(region);
  // One that reaches outside must not be moved inside: it is the caller's mistake.
  if (x < 0 || y < 0 || x + width > size.width || y + height > size.height) {
    throw new ShiwuError('invalid-argument', 'the region reaches outside of the picture');
  }
  const left = Math.floor(x / shrink);
  const top = Math.floor(y / shrink);
  return {
    x: left,
    y: top,
    width: Math.ceil((x + width) / shrink) - left,
    height: Math.ceil((y + height) / shrink) - top,
  };
}

function sizeOf(bitmap: ImageBitmap | VideoFrame): Size {
  return 'displayWidth' in bitmap
    ? { width: bitmap.displayWidth, height: bitmap.displayHeight }
    : bitmap;
}
