/** What travels between the page's thread and the worker. Every request has an id. */
import type { ErrorCode } from '../errors.js';
import type { Classification, ClassifierInfo, LoadProgress } from '../types.js';

/** A picture on its way to the worker. */
export type Payload =
  | { readonly kind: 'blob'; readonly blob: Blob }
  | { readonly kind: 'bytes'; readonly bytes: ArrayBuffer }
  | { readonly kind: 'bitmap'; readonly bitmap: ImageBitmap }
  | {
      readonly kind: 'pixels';
      readonly data: ArrayBuffer;
      readonly width: number;
      readonly height: number;
    };

export interface LoadRequest {
  readonly type: 'load';
  readonly id: number;
  readonly assetBase: string | undefined;
  readonly model: string | Blob | ArrayBuffer | undefined;
}

/** ClassifyOptions with its defaults filled in and without what cannot be cloned. */
export interface ClassifySettings {
  readonly topK: number;
  /** null: each label's own. */
  readonly threshold: number | null;
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  readonly features: boolean;
  readonly maxPixels: number;
}

export interface ClassifyRequest {
  readonly type: 'classify';
  readonly id: number;
  readonly payload: Payload;
  readonly settings: ClassifySettings;
  /** When the caller asked, in milliseconds since the epoch. */
  readonly askedAt: number;
}

export interface CancelRequest {
  readonly type: 'cancel';
  /** Id of the request to give up. */
  readonly id: number;
}

export type Request = LoadRequest | ClassifyRequest | CancelRequest;

export interface PlainError {
  readonly code: ErrorCode;
  readonly detail: string;
}

export type Response =
  | { readonly type: 'progress'; readonly id: number; readonly progress: LoadProgress }
  | { readonly type: 'loaded'; readonly id: number; readonly info: ClassifierInfo }
  | { readonly type: 'classified'; readonly id: number; readonly result: Classification }
  | { readonly type: 'failed'; readonly id: number; readonly error: PlainError };

/** Milliseconds since the epoch, comparable between threads. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
