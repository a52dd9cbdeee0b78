/** Pictures that are made while a test runs. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chelsea, coffee } from '../e2e/support/photos.js';
import type { Upload } from '../e2e/support/shiwu-page.js';
import type { Tab } from './drivers/tab.js';

/** Where a file of tests/fixtures lies. */
export const fixture = (name: string) =>
  fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

/** Files of as many names, cats and cups in turn; their paths. */
export function album(folder: string, count: number): string[] {
  mkdirSync(folder, { recursive: true });
  return Array.from({ length: count }, (_, i) => {
    const path = join(folder, `${i % 2 ? 'cup' : 'cat'}-${String(i).padStart(2, '0')}.png`);
    writeFileSync(path, (i % 2 ? coffee : chelsea).buffer);
    return path;
  });
}

/** A JPEG with the cat on the left and the cup on the right, drawn by the browser. */
export async function collage(tab: Tab, width: number, height: number): Promise<Upload> {
  const base64 = await tab.evaluate(
    async (photos, w, h) => {
      const [cat, cup] = await Promise.all(
        photos.map(async (photo) => {
          const bytes = Uint8Array.from(atob(photo), (character) => character.charCodeAt(0));
          return createImageBitmap(new Blob([bytes]));
        }),
      );
      const canvas = document.createElement('canvas');
      canvas.width = w;
      canvas.height = h;
      const context = canvas.getContext('2d');
      if (!context || !cat || !cup) throw new Error('no canvas');
      context.drawImage(cat, 0, 0, w / 2, h);
      context.drawImage(cup, w / 2, 0, w / 2, h);
      return canvas.toDataURL('image/jpeg', 0.9).split(',')[1] ?? '';
    },
    [chelsea, coffee].map(({ buffer }) => buffer.toString('base64')),
    width,
    height,
  );
  return { name: 'collage.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(base64, 'base64') };
}
