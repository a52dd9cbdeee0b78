// What the product has to find a way around: each of these fails in the engines that gaps.ts names.
import { expect, test } from './test.js';

test('a Blob can be kept in IndexedDB (private window)', async ({ tab, baseURL }) => {
  await tab.open(baseURL ?? '');
  const kept = await tab.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open('probe', 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore('blobs');
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
    const transaction = database.transaction('blobs', 'readwrite');
    transaction.objectStore('blobs').put(new Blob(['a']), 'a');
    return new Promise<string>((resolve) => {
      transaction.oncomplete = () => resolve('kept');
      transaction.onabort = () => resolve(String(transaction.error));
    });
  });
  expect(kept).toBe('kept');
});
