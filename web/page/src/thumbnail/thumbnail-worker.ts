/** Makes small pictures of large ones, away from the page's thread. */
import { turned } from '../photo/turned.js';

const LONGEST_SIDE = 320;
const QUALITY = 0.8;

export interface ThumbnailRequest {
  readonly id: number;
  /** A file, or what the page's browser made of it. */
  readonly picture: Blob | ImageBitmap;
}

export interface ThumbnailAnswer {
  readonly id: number;
  /** Null where the browser cannot read the file. */
  readonly thumbnail: Blob | null;
}

self.onmessage = async ({ data }: MessageEvent<ThumbnailRequest>) => {
  const thumbnail = await shrink(data.picture).catch(() => null);
  self.postMessage({ id: data.id, thumbnail } satisfies ThumbnailAnswer);
};

async function shrink(picture: Blob | ImageBitmap): Promise<Blob> {
  const whole = picture instanceof Blob ? await createImageBitmap(await turned(picture)) : picture;
  const scale = Math.min(1, LONGEST_SIDE / Math.max(whole.width, whole.height));
  const width = Math.max(1, Math.round(whole.width * scale));
  const height = Math.max(1, Math.round(whole.height * scale));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  context.imageSmoothingQuality = 'high';
  context.drawImage(whole, 0, 0, width, height);
  whole.close();
  const small = await canvas.convertToBlob({ type: 'image/webp', quality: QUALITY });
  if (small.type === 'image/webp') return small;
  // WebKit writes no WebP: JPEG is a tenth of the PNG that it gives instead, on white where nothing was.
  context.globalCompositeOperation = 'destination-over';
  context.fillStyle = 'white';
  context.fillRect(0, 0, width, height);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
}
