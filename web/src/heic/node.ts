/** `shiwu/heic` under Node: the same, on the calling thread. */
/// <reference path="./libheif-js.d.ts" />
import { ShiwuError } from '../errors.js';
import type { HeicDecoder } from '../types.js';
import type { LibheifFactory } from './libheif.js';
import { DEFAULT_MAX_PIXELS, type HeicOptions } from './options.js';
import { HeicReader } from './reader.js';

export type { HeicDecoder } from '../types.js';
export type { HeicOptions } from './options.js';

/** Makes a decoder that loads libheif-js when the first HEIC file comes. */
export function heicDecoder({ url }: HeicOptions = {}): HeicDecoder {
  const reader = new HeicReader(async () => {
    const library = (await (url === undefined
      ? import('libheif-js/libheif-wasm/libheif-bundle.mjs')
      : import(String(url)))) as { default: LibheifFactory };
    return library.default;
  });
  return async (file, { maxPixels = DEFAULT_MAX_PIXELS, signal } = {}) => {
    if (signal?.aborted) throw new ShiwuError('aborted', '', { cause: signal.reason });
    return reader.read(file, maxPixels);
  };
}
