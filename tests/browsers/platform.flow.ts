// What the product has to find a way around: each of these fails in the engines that gaps.ts names.
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
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

test('the room for storage is told', async ({ tab, baseURL }) => {
  await tab.open(baseURL ?? '');
  const quota = await tab.evaluate(async () => (await navigator.storage?.estimate())?.quota ?? 0);
  expect(quota).toBeGreaterThan(0);
});

test('a canvas writes WebP', async ({ tab, baseURL }) => {
  await tab.open(baseURL ?? '');
  const type = await tab.evaluate(async () => {
    const canvas = new OffscreenCanvas(1, 1);
    canvas.getContext('2d');
    return (await canvas.convertToBlob({ type: 'image/webp' })).type;
  });
  expect(type).toBe('image/webp');
});

test('a worker reads a Blob on a page from the disk', async ({ tab }, info) => {
  const page = info.outputPath('page.html');
  writeFileSync(page, '<!doctype html><title>page</title>');
  await tab.open(pathToFileURL(page).href);
  const read = await tab.evaluate(async () => {
    const script =
      'onmessage = ({ data }) => data.text().then(postMessage, (e) => postMessage(e.name))';
    const worker = new Worker(URL.createObjectURL(new Blob([script])));
    return new Promise<string>((resolve) => {
      worker.onmessage = ({ data }: MessageEvent<string>) => resolve(data);
      worker.postMessage(new Blob(['read']));
    });
  });
  expect(read).toBe('read');
});
