import { vi } from 'vitest';

/** IndexedDB as in WebKit's private windows: no value with a Blob in it is taken. */
export function refuseBlobs(): void {
  for (const name of ['put', 'add'] as const) {
    const take = IDBObjectStore.prototype[name];
    vi.spyOn(IDBObjectStore.prototype, name).mockImplementation(function (
      this: IDBObjectStore,
      value: unknown,
      key?: IDBValidKey,
    ) {
      if (holdsBlob(value)) throw new DOMException('no Blobs here', 'DataCloneError');
      return key === undefined ? take.call(this, value) : take.call(this, value, key);
    });
  }
}

function holdsBlob(value: unknown): boolean {
  if (value instanceof Blob) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsBlob);
}
