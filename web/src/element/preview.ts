/** A picture of the input for the eye alone: what the classifier sees is the input itself. */
import { isA } from '../sources/kind.js';
import type { ImageInput } from '../types.js';

/** Longest side of a preview drawn from pixels, for sharpness on dense screens. */
const DRAWN_SIDE = 1024;

/** An address for an `<img>`; `release` must be called when it is no longer shown. */
export interface Preview {
  readonly url: string;
  readonly release: () => void;
}

/** Null where the input cannot be shown, which is no failure. */
export async function previewOf(input: ImageInput): Promise<Preview | null> {
  try {
    if (typeof input === 'string') return linked(new URL(input, document.baseURI).href);
    if (isA(input, 'URL')) return linked(input.href);
    if (isA(input, 'HTMLImageElement')) return linked(input.currentSrc || input.src);
    if (isA(input, 'Blob', 'File')) return owned(input);
    if (isA(input, 'ArrayBuffer')) return owned(new Blob([input]));
    if (isA(input, 'Uint8Array')) return owned(new Blob([Uint8Array.from(input)]));
    return owned(await drawn(input as Drawable));
  } catch {
    return null; // no address, an empty canvas, a video without a picture, pixels of another origin
  }
}

function linked(url: string): Preview {
  return { url, release: () => {} };
}

function owned(blob: Blob): Preview {
  const url = URL.createObjectURL(blob);
  return { url, release: () => URL.revokeObjectURL(url) };
}

type Drawable = Exclude<
  ImageInput,
  string | URL | HTMLImageElement | Blob | ArrayBuffer | Uint8Array
>;

function pixels({ data, width, height }: Pick<ImageData, 'data' | 'width' | 'height'>): ImageData {
  return new ImageData(Uint8ClampedArray.from(data), width, height);
}

async function drawn(input: Drawable): Promise<Blob> {
  const bitmap = await createImageBitmap('data' in input ? pixels(input) : input);
  try {
    const scale = Math.min(1, DRAWN_SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = new OffscreenCanvas(
      Math.max(1, Math.round(bitmap.width * scale)),
      Math.max(1, Math.round(bitmap.height * scale)),
    );
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return await canvas.convertToBlob();
  } finally {
    bitmap.close();
  }
}
