/**
 * What a worker cannot read, the caller's thread may: WebKit's workers read no Blob on a page from the disk,
 * not even one of their own making.
 */
import { ShiwuError } from '../errors.js';
import { decode } from './decode.js';
import type { Parcel } from './payload.js';

/**
 * Has a Blob looked at by a worker; where that rejects with `unreadable-input`, has its bytes looked at, and if
 * the worker needs the browser's decoder for them, what this thread's browser makes of them.
 */
export async function lookAtBlob<T>(blob: Blob, look: (parcel: Parcel) => Promise<T>): Promise<T> {
  try {
    return await look({ payload: { kind: 'blob', blob }, transfer: [] });
  } catch (error) {
    const bytes = await readHere(blob, error);
    try {
      return await look({ payload: { kind: 'bytes', bytes }, transfer: [bytes] });
    } catch (again) {
      const same = await readHere(blob, again);
      const decoded = await decode(blob);
      return look({
        payload: { kind: 'bytes', bytes: same, decoded },
        transfer: decoded.bitmap ? [same, decoded.bitmap] : [same],
      });
    }
  }
}

/** The bytes of a Blob that a worker could not read; throws `refusal` when it was another, or none can. */
export async function readHere(blob: Blob, refusal: unknown): Promise<ArrayBuffer> {
  if (!(refusal instanceof ShiwuError) || refusal.code !== 'unreadable-input') throw refusal;
  return blob.arrayBuffer().catch(() => {
    throw refusal;
  });
}
