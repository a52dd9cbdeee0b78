/**
 * HEIC, the photos of iPhones, for browsers that cannot read it: all but Safari. Decodes with
 * libheif-js (LGPL-3.0, 0.7 MB after gzip), which you install beside shiwu and which is loaded when the
 * first HEIC file comes. It needs `'wasm-unsafe-eval'` in the page's policy, as shiwu does, and no eval.
 *
 * ```js
 * import { createClassifier } from 'shiwu';
 * import { heicDecoder } from 'shiwu/heic';
 * const classifier = await createClassifier({ heic: heicDecoder() });
 * ```
 *
 * @packageDocumentation
 */

import { absolute } from '../platform/browser/address.js';
import type { HeicDecoder } from '../types.js';
import { HeicClient } from './client.js';
import { DEFAULT_MAX_PIXELS, type HeicOptions } from './options.js';

export type { HeicDecoder } from '../types.js';
export type { HeicOptions } from './options.js';

/** Makes a decoder with a worker of its own, which starts when needed and ends when long unused. */
export function heicDecoder({ url }: HeicOptions = {}): HeicDecoder {
  const location = url === undefined ? undefined : absolute(url);
  const client = new HeicClient(() =>
    // Bundlers look for exactly these expressions.
    location === undefined
      ? new Worker(new URL('./heic-worker.js', import.meta.url), { type: 'module' })
      : new Worker(new URL('./heic-url-worker.js', import.meta.url), { type: 'module' }),
  );
  return (file, { maxPixels = DEFAULT_MAX_PIXELS, signal } = {}) =>
    client.decode({ file, maxPixels, url: location }, signal);
}
