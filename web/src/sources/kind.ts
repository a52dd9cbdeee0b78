/** What a caller's value is, whatever window or iframe it was made in. */

/** The kinds of input, by the name that the platform gives them. */
export interface Kinds {
  Object: object;
  Blob: Blob;
  File: File;
  ArrayBuffer: ArrayBuffer;
  Uint8Array: Uint8Array;
  URL: URL;
  Uint8ClampedArray: Uint8ClampedArray;
  ImageData: ImageData;
  ImageBitmap: ImageBitmap;
  HTMLImageElement: HTMLImageElement;
  HTMLCanvasElement: HTMLCanvasElement;
  OffscreenCanvas: OffscreenCanvas;
  HTMLVideoElement: HTMLVideoElement;
  VideoFrame: VideoFrame;
}

/** Like `instanceof`, but true for an iframe's objects too, and false where no such class exists. */
export function isA<K extends keyof Kinds>(value: unknown, ...kinds: K[]): value is Kinds[K] {
  return kinds.some((kind) => kind === tag(value));
}

/** For messages: what the value is. */
export function describe(value: unknown): string {
  return value !== null && typeof value === 'object' ? tag(value) : String(value);
}

function tag(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}
