import { ShiwuError } from '../errors.js';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Passes a size on, or throws `image-too-large`: asked before memory is taken. */
export function checkSize<T extends Size>(size: T, maxPixels: number): T {
  if (size.width * size.height > maxPixels) {
    throw new ShiwuError('image-too-large', `${size.width} x ${size.height} pixels`);
  }
  return size;
}
