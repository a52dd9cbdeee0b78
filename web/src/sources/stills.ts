/** From what shows a picture (an element, a frame) to a copy that a worker may have. */
import { Patience } from '../assets/patience.js';
import { ShiwuError } from '../errors.js';
import { abortError, orAborted } from '../host/abort.js';
import { isA } from './kind.js';
import type { Size } from './size.js';

export type Still =
  | HTMLImageElement
  | HTMLCanvasElement
  | OffscreenCanvas
  | HTMLVideoElement
  | VideoFrame
  | ImageBitmap;

/**
 * Copies what is shown now, upright and at its own size. Rejects with `unreadable-input` when nothing
 * is shown, or when the page may show it but not read it; with `aborted`.
 */
export async function capture(
  source: Still,
  signal: AbortSignal | undefined,
): Promise<ImageBitmap | VideoFrame> {
  if (isA(source, 'HTMLImageElement')) await loaded(source, signal);
  const size = sizeOf(source);
  try {
    if (isA(source, 'VideoFrame')) return source.clone();
    if (isA(source, 'HTMLVideoElement')) return await captureVideo(source, size);
    if (isA(source, 'HTMLImageElement')) return assertReadable(await captureImage(source));
    return assertReadable(await createImageBitmap(source));
  } catch (cause) {
    if (cause instanceof ShiwuError) throw cause;
    if (cause instanceof DOMException && cause.name === 'SecurityError') throw tainted(cause);
    throw new ShiwuError('unreadable-input', String(cause), { cause });
  }
}

function sizeOf(source: Still): Size {
  if (isA(source, 'HTMLImageElement')) {
    return { width: source.naturalWidth, height: source.naturalHeight };
  }
  if (isA(source, 'HTMLVideoElement')) {
    const { readyState, videoWidth, videoHeight } = source;
    if (readyState < HTMLMediaElement.HAVE_CURRENT_DATA || videoWidth === 0) {
      const reason = `the <video> shows no frame yet (readyState ${readyState}): wait for its loadeddata event`;
      throw new ShiwuError('unreadable-input', reason);
    }
    return { width: videoWidth, height: videoHeight };
  }
  if (isA(source, 'VideoFrame')) {
    if (source.codedWidth === 0) {
      throw new ShiwuError('unreadable-input', 'the VideoFrame is closed');
    }
    return { width: source.displayWidth, height: source.displayHeight };
  }
  const { width, height } = source;
  if (width === 0 || height === 0) {
    const reason = isA(source, 'ImageBitmap')
      ? 'the ImageBitmap is closed'
      : `the canvas has ${width} x ${height} pixels`;
    throw new ShiwuError('unreadable-input', reason);
  }
  return { width, height };
}

/**
 * A VideoFrame shares the decoded frame, and the worker turns it into RGBA; a bitmap would cost the
 * page's thread 15 ms for that at 1080p.
 */
async function captureVideo(
  video: HTMLVideoElement,
  { width, height }: Size,
): Promise<ImageBitmap | VideoFrame> {
  if (typeof VideoFrame !== 'undefined') {
    const frame = new VideoFrame(video);
    // Browsers that know nothing of a frame's rotation give a phone's video as it lies in the file.
    if (frame.displayWidth === width && frame.displayHeight === height) return frame;
    frame.close();
  }
  return assertReadable(await createImageBitmap(video));
}

/** Long side of an SVG that states no size of its own: more than models look at. */
const UNSIZED_SVG = 512;

async function captureImage(image: HTMLImageElement): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(image);
  } catch {
    // An SVG has no pixels until somebody says how many; its proportions are known at most.
    const { naturalWidth: width, naturalHeight: height } = image;
    const scale = UNSIZED_SVG / Math.max(width, height);
    return await createImageBitmap(image, {
      resizeWidth: Math.round(width * scale) || UNSIZED_SVG,
      resizeHeight: Math.round(height * scale) || UNSIZED_SVG,
    });
  }
}

/** A picture of another origin that came without CORS can be drawn, but neither read nor posted. */
function assertReadable(bitmap: ImageBitmap): ImageBitmap {
  try {
    const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    context?.drawImage(bitmap, 0, 0, 1, 1, 0, 0, 1, 1);
    context?.getImageData(0, 0, 1, 1);
    return bitmap;
  } catch (cause) {
    bitmap.close();
    throw tainted(cause);
  }
}

function tainted(cause: unknown): ShiwuError {
  const reason =
    'CORS: the picture is of another origin, and this page may show but not read it; load it with crossorigin="anonymous"';
  return new ShiwuError('unreadable-input', reason, { cause });
}

/** Milliseconds for an image that is not there yet; a slow one may be asked about again. */
const MOST_LOADING = 60_000;

async function loaded(image: HTMLImageElement, signal: AbortSignal | undefined): Promise<void> {
  const patience = new Patience(MOST_LOADING, signal);
  try {
    await orAborted(image.decode(), patience.signal);
  } catch (cause) {
    if (signal?.aborted) throw abortError(signal);
    const address = image.currentSrc || image.src;
    const late = patience.spent ? ` in ${MOST_LOADING / 1000} s` : '';
    const reason = address ? `the <img> did not load${late}: ${address}` : 'the <img> has no src';
    throw new ShiwuError('unreadable-input', reason, { cause });
  } finally {
    patience.end();
  }
}
