/** What travels between the page and the decoder's worker. */
import type { PlainError } from '../worker/protocol.js';
import type { HeicPixels } from './libheif.js';

export interface HeicRequest {
  readonly id: number;
  readonly file: Uint8Array<ArrayBuffer>;
  readonly maxPixels: number;
  /** Where the library's ES module is, for the worker that is not bundled with it. */
  readonly url: string | undefined;
}

export type HeicReply =
  | { readonly id: number; readonly pixels: HeicPixels; readonly error?: undefined }
  | { readonly id: number; readonly pixels?: undefined; readonly error: PlainError };
