/**
 * What IndexedDB takes in every browser: WebKit's private windows refuse whatever has a Blob in it
 * (https://webkit.org/b/156347), so that its bytes are kept in its place.
 */

interface Bytes {
  readonly bytes: ArrayBuffer;
  readonly type: string;
  /** Of a File. */
  readonly name?: string;
  readonly lastModified?: number;
}

/** A copy of `value` with its Blobs and Files, wherever they are in it, replaced by their bytes. */
export async function toBytes(value: unknown): Promise<unknown> {
  if (value instanceof Blob) {
    const { type } = value;
    const bytes = await value.arrayBuffer();
    if (!(value instanceof File)) return { bytes, type } satisfies Bytes;
    return { bytes, type, name: value.name, lastModified: value.lastModified } satisfies Bytes;
  }
  if (Array.isArray(value)) return Promise.all(value.map(toBytes));
  if (!isPlain(value)) return value;
  const pairs = Object.entries(value).map(async ([key, each]) => [key, await toBytes(each)]);
  return Object.fromEntries(await Promise.all(pairs));
}

/** Undoes `toBytes`. What was kept with its Blobs in it, as by earlier versions, passes as it is. */
export function fromBytes<T>(kept: unknown): T {
  return restored(kept) as T;
}

function restored(kept: unknown): unknown {
  if (Array.isArray(kept)) return kept.map(restored);
  if (!isPlain(kept)) return kept;
  if (isBytes(kept)) {
    const { bytes, type, name, lastModified } = kept;
    if (name === undefined) return new Blob([bytes], { type });
    return new File([bytes], name, { type, ...(lastModified !== undefined && { lastModified }) });
  }
  return Object.fromEntries(Object.entries(kept).map(([key, each]) => [key, restored(each)]));
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && value.constructor === Object;
}

function isBytes(value: object): value is Bytes {
  return 'bytes' in value && value.bytes instanceof ArrayBuffer;
}

/** Whether there is no room any more, which bytes would need as well. */
export function isFull(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'QuotaExceededError';
}
