/** From a payload to what the model sees, and what is known about the picture. */
import { ShiwuError } from '../errors.js';
import {
  type Core,
  type FileOptions,
  type FitOptions,
  type HeapPixels,
  uprightSize,
} from '../runtime/core.js';
import { checkSize, type Size } from '../sources/size.js';
import type { Classification } from '../types.js';
import type { Payload } from './protocol.js';

export interface Picture {
  /** Of the model's size. The caller frees them. */
  readonly pixels: HeapPixels;
  readonly image: Classification['image'];
}

/** What the core cannot read, the browser may: its decoders know more formats, and bear more damage. */
const WORTH_ANOTHER_TRY = ['unsupported-format', 'corrupt-image', 'truncated-image'];

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
      const pixels = await decodeInBrowser(core, bytes, settings.maxPixels, error);
      return fitPixels(core, pixels, 'browser', fit, settings, decoded);
    }
  }
  const { maxPixels } = settings;
  const pixels =
    payload.kind === 'bitmap'
      ? readBitmap(core, payload.bitmap, maxPixels)
      : core.importPixels(
          new Uint8ClampedArray(payload.data),
          checkSize(payload, maxPixels).width,
          payload.height,
        );
  return fitPixels(core, pixels, null, fit, settings, decoded);
}

async function fitPixels(
  core: Core,
  pixels: HeapPixels,
  decoder: 'browser' | null,
  fit: FitOptions,
  { region }: FileOptions,
  decoded: () => Promise<void>,
): Promise<Picture> {
  try {
    await decoded();
    return {
      pixels: core.fitToModel(pixels, fit, region),
      image: {
        ...uprightSize(pixels),
        orientation: pixels.orientation,
        decoder,
        truncated: false,
      },
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

/** `refusal` is the core's: it stands where there is no other decoder, or that one fails too. */
async function decodeInBrowser(
  core: Core,
  bytes: Uint8Array<ArrayBuffer>,
  maxPixels: number,
  refusal: ShiwuError,
): Promise<HeapPixels> {
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
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(new Blob([bytes]));
  } catch (cause) {
    if (ours) throw refusal;
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
