/** From a payload to RGBA pixels in the wasm heap. */
import { ShiwuError } from '../errors.js';
import type { Core, HeapPixels } from '../runtime/core.js';
import { checkSize, type Size } from '../sources/size.js';
import type { Payload } from './protocol.js';

export interface Decoded {
  readonly pixels: HeapPixels;
  readonly decoder: 'shiwu' | 'browser' | null;
}

/**
 * JPEG, PNG, GIF and BMP are decoded by the core, the same everywhere; other formats by the
 * browser. The caller frees the pixels.
 */
export async function decode(core: Core, payload: Payload, maxPixels: number): Promise<Decoded> {
  switch (payload.kind) {
    case 'pixels':
      return {
        pixels: core.importPixels(
          new Uint8ClampedArray(payload.data),
          checkSize(payload, maxPixels).width,
          payload.height,
        ),
        decoder: null,
      };
    case 'bitmap':
      return { pixels: readBitmap(core, payload.bitmap, maxPixels), decoder: null };
    case 'bytes':
      return decodeBytes(core, new Uint8Array(payload.bytes), maxPixels);
    case 'blob':
      return decodeBytes(core, await readBlob(payload.blob), maxPixels);
  }
}

async function readBlob(blob: Blob): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (cause) {
    throw new ShiwuError('unreadable-input', String(cause), { cause });
  }
}

async function decodeBytes(
  core: Core,
  bytes: Uint8Array<ArrayBuffer>,
  maxPixels: number,
): Promise<Decoded> {
  try {
    return { pixels: core.decode(bytes, maxPixels), decoder: 'shiwu' };
  } catch (error) {
    if (!(error instanceof ShiwuError) || error.code !== 'unsupported-format') throw error;
    return { pixels: await decodeInBrowser(core, bytes, maxPixels), decoder: 'browser' };
  }
}

async function decodeInBrowser(
  core: Core,
  bytes: Uint8Array<ArrayBuffer>,
  maxPixels: number,
): Promise<HeapPixels> {
  const format = core.sniffFormat(bytes.subarray(0, 32));
  // Without a known signature the bytes are no photo; SVG, which would need a document, included.
  if (format === 'unknown') throw new ShiwuError('unsupported-format');
  if (typeof createImageBitmap === 'undefined') {
    // Node has no decoder at all.
    if (format === 'heic') throw new ShiwuError('needs-decoder', format);
    const advice = 'only browsers decode this; convert it to JPEG or PNG';
    throw new ShiwuError('unsupported-format', `${format}: ${advice}`);
  }
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(new Blob([bytes]));
  } catch (cause) {
    // Every browser this runs in reads WebP and AVIF; whether it reads HEIC is its own affair.
    throw new ShiwuError(format === 'heic' ? 'needs-decoder' : 'corrupt-image', format, { cause });
  }
  const turned = format !== 'webp' || (await browserTurnsWebp());
  return readBitmap(core, bitmap, maxPixels, turned ? 1 : core.readOrientation(bytes));
}

/** A WebP of 2 × 1 pixels with EXIF orientation 6. */
const TURNED_WEBP =
  'UklGRk4AAABXRUJQVlA4WAoAAAAIAAAAAQAAAAAAVlA4TA4AAAAvAQAAAAcQEf0PRET/A0VYSUYaAAAASUkqAAgAAAABABIBAwABAAAABgAAAAAAAAA=';
let turnsWebp: Promise<boolean> | undefined;

/** Browsers turn AVIF and HEIC, but not all of them honour EXIF in WebP: asked once, by trial. */
function browserTurnsWebp(): Promise<boolean> {
  turnsWebp ??= createImageBitmap(
    new Blob([Uint8Array.from(atob(TURNED_WEBP), (char) => char.charCodeAt(0))]),
  ).then((bitmap) => {
    const turns = bitmap.width === 1;
    bitmap.close();
    return turns;
  });
  return turnsWebp;
}

/** Copies the pixels into the heap and closes what held them. A frame counts as it is shown. */
function readBitmap(
  core: Core,
  bitmap: ImageBitmap | VideoFrame,
  maxPixels: number,
  orientation = 1,
): HeapPixels {
  try {
    const { width, height } = checkSize(sizeOf(bitmap), maxPixels);
    const context = new OffscreenCanvas(width, height).getContext('2d', {
      willReadFrequently: true, // keeps the pixels in main memory: no trip through the GPU
    });
    if (!context) throw new ShiwuError('out-of-memory', 'no canvas');
    context.drawImage(bitmap, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    return core.importPixels(data, width, height, orientation);
  } catch (cause) {
    if (cause instanceof ShiwuError) throw cause;
    throw new ShiwuError('unreadable-input', String(cause), { cause });
  } finally {
    bitmap.close();
  }
}

function sizeOf(bitmap: ImageBitmap | VideoFrame): Size {
  return 'displayWidth' in bitmap
    ? { width: bitmap.displayWidth, height: bitmap.displayHeight }
    : bitmap;
}
