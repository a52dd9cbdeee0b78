import type { Page } from '@playwright/test';
import { chelsea, coffee } from './photos.js';
import type { Upload } from './shiwu-page.js';

/** A cat on the left, a cup on the right, 800 x 300; stored lying on its side where `turned`. */
export async function collage(page: Page, turned = false): Promise<Upload> {
  const base64 = await page.evaluate(
    async ({ photos, turned }) => {
      const [cat, cup] = await Promise.all(
        photos.map(async (base64) => {
          const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
          return createImageBitmap(new Blob([bytes]));
        }),
      );
      const canvas = document.createElement('canvas');
      canvas.width = turned ? 300 : 800;
      canvas.height = turned ? 800 : 300;
      const context = canvas.getContext('2d');
      if (!context || !cat || !cup) throw new Error('no canvas');
      if (turned) {
        // What EXIF orientation 6 turns upright: a quarter back.
        context.translate(0, 800);
        context.rotate(-Math.PI / 2);
      }
      context.drawImage(cat, 0, 0, 400, 300);
      context.drawImage(cup, 400, 0, 400, 300);
      return canvas.toDataURL('image/jpeg', 0.95).split(',')[1] ?? '';
    },
    { photos: [chelsea, coffee].map(({ buffer }) => buffer.toString('base64')), turned },
  );
  const plain = Buffer.from(base64, 'base64');
  return { name: 'collage.jpg', mimeType: 'image/jpeg', buffer: turned ? turn(plain) : plain };
}

/** Puts an EXIF segment of orientation 6 ("turn by 90° clockwise") behind the start of a JPEG. */
function turn(jpeg: Buffer): Buffer {
  const exif = Buffer.from(
    '457869660000' + '4d4d002a00000008' + '0001' + '0112000300000001' + '00060000' + '00000000',
    'hex',
  );
  const head = Buffer.from([0xff, 0xe1, 0, exif.length + 2]);
  return Buffer.concat([jpeg.subarray(0, 2), head, exif, jpeg.subarray(2)]);
}
