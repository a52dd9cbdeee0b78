// What the bundled model's manifest asks for, as pages do it by hand: the middle of the photo on a small canvas.
export const SIDE = 224;
/** Part of the shorter side that is kept. */
const KEPT = 0.875;

/** The square that is looked at, in pixels of the photo. */
export function middle(width, height) {
  const side = KEPT * Math.min(width, height);
  return { left: (width - side) / 2, top: (height - side) / 2, side };
}

/** An element, which a page's own thread alone has; the browser may decode it at the size that is drawn. */
async function withImage(file, draw) {
  const image = new Image();
  image.src = URL.createObjectURL(file);
  try {
    await image.decode();
    draw(image, image.naturalWidth, image.naturalHeight);
  } finally {
    URL.revokeObjectURL(image.src);
  }
}

async function withBitmap(file, draw) {
  const bitmap = await createImageBitmap(file);
  draw(bitmap, bitmap.width, bitmap.height);
  bitmap.close();
}

/**
 * @param {'bitmap' | 'image'} by how the photo is decoded
 * @returns {(file: Blob) => Promise<ImageData>} of SIDE by SIDE pixels
 */
export function shrinker(by) {
  const canvas = document.createElement('canvas');
  canvas.width = SIDE;
  canvas.height = SIDE;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.imageSmoothingQuality = 'high';
  const open = by === 'image' ? withImage : withBitmap;
  return async (file) => {
    await open(file, (picture, width, height) => {
      const { left, top, side } = middle(width, height);
      context.drawImage(picture, left, top, side, side, 0, 0, SIDE, SIDE);
    });
    return context.getImageData(0, 0, SIDE, SIDE);
  };
}
