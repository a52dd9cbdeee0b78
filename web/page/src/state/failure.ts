import { en } from '../copy/en.js';
import { zh } from '../copy/zh.js';
import { inOneFile } from './edition.js';

/** An error as the page shows it. */
export interface Failure {
  readonly code: string;
  readonly zh: string;
  readonly en: string;
  readonly detail: string;
  /** Whether the same photo may well work the next time. */
  readonly retriable: boolean;
  /** Whether the photo was refused by a limit that the visitor may put aside. */
  readonly anyway?: boolean;
}

/** An error already put in the page's words. */
export class Failed extends Error {
  constructor(readonly failure: Failure) {
    super(failure.en);
  }
}

/** Failures of the moment; any other code means that this very photo can't be read. */
const PASSING = new Set([
  'network',
  'not-found',
  'truncated-download',
  'tampered-download',
  'worker-crashed',
  'inference-failed',
  'out-of-memory',
  'disposed',
  'invalid-model',
  'model-mismatch',
  'unknown',
]);

/** In shiwu.html nothing is downloaded: it is that file itself which is not whole. */
const DAMAGED = new Set(['truncated-download', 'tampered-download']);

/**
 * Recognised by shape, not by class: the library's own module is loaded late
 * and may be the very thing that failed.
 */
export function toFailure(error: unknown): Failure {
  if (error instanceof Failed) return error.failure;
  if (error instanceof Error && 'code' in error && 'zh' in error && 'en' in error) {
    const detail = 'detail' in error ? String(error.detail) : '';
    if (inOneFile && DAMAGED.has(String(error.code))) {
      return failure(String(error.code), zh.damagedFile, en.damagedFile, detail);
    }
    // Names of files only; else it says more than that.
    if (error.code === 'missing-weights' && !/:| has /.test(detail)) {
      return failure(error.code, zh.missingWeights(detail), en.missingWeights(detail), '');
    }
    return failure(String(error.code), String(error.zh), String(error.en), detail);
  }
  return failure('unknown', zh.unknownFailure, en.unknownFailure, String(error));
}

/** What went wrong with a photo that was asked about under a limit of pixels; Infinity: there was none. */
export function toPhotoFailure(error: unknown, maxPixels: number): Failure {
  const failure = toFailure(error);
  if (failure.code !== 'image-too-large' || !Number.isFinite(maxPixels)) return failure;
  return { ...failure, zh: zh.overLimit, en: en.overLimit, anyway: true };
}

/** A file of this site could not be fetched. */
export function downloadFailed(error: unknown): Failed {
  return new Failed(failure('network', zh.downloadFailure, en.downloadFailure, String(error)));
}

function failure(code: string, zhText: string, enText: string, detail: string): Failure {
  return { code, zh: zhText, en: enText, detail, retriable: PASSING.has(code) };
}
