/** Blobs by what they can do: test runners bring classes of their own, some without `arrayBuffer`. */

/** Whether it has a Blob's fields, and can be read. */
export function isBlobLike(value: unknown): value is Blob {
  if (typeof value !== 'object' || value === null) return false;
  const { size, type, arrayBuffer, slice } = value as Partial<Blob>;
  const readable = typeof arrayBuffer === 'function' || typeof slice === 'function';
  return typeof size === 'number' && typeof type === 'string' && readable;
}

/** Rejects with whatever the reading met. */
export function readBlob(blob: Blob): Promise<ArrayBuffer> {
  if (typeof blob.arrayBuffer === 'function') return blob.arrayBuffer();
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as ArrayBuffer);
    reader.onerror = () => reject(reader.error);
    reader.readAsArrayBuffer(blob);
  });
}
