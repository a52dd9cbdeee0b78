import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { Page } from '@playwright/test';
import { expectClean } from './support/axe.js';
import { CATS, CUPS, chelsea, coffee } from './support/photos.js';
import type { ShiwuPage, Upload } from './support/shiwu-page.js';
import { expect, test } from './support/test.js';

test.use({ contextOptions: { reducedMotion: 'reduce' } });

/** A cat on the left, a cup on the right; stored lying on its side where `turned`. */
async function collage(page: Page, turned = false): Promise<Upload> {
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

/** Drags a box over the photo; shares of its width and height. */
async function drag(page: Page, from: [number, number], to: [number, number]): Promise<void> {
  const box = await page.getByTestId('region-layer').boundingBox();
  if (!box) throw new Error('no layer');
  const at = ([x, y]: [number, number]) => [box.x + x * box.width, box.y + y * box.height] as const;
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at(to), { steps: 4 });
  await page.mouse.up();
}

const CAT_SIDE = [
  [0.02, 0.02],
  [0.49, 0.98],
] as const satisfies [number, number][];
const CUP_SIDE = [
  [0.51, 0.02],
  [0.98, 0.98],
] as const satisfies [number, number][];

async function lay(shiwu: ShiwuPage, page: Page, photo?: Upload): Promise<void> {
  await shiwu.openReady();
  await shiwu.drop(photo ?? (await collage(page)));
  await shiwu.answer.waitFor();
}

const part = (page: Page) => expect(page.locator('.label-top')).toContainText('局部');
const first = (shiwu: ShiwuPage) => shiwu.candidates.first();

for (const turned of [false, true]) {
  test(`a box asks about a part${turned ? ' of a photo that EXIF turns' : ''}`, async ({
    shiwu,
    page,
  }) => {
    await shiwu.openReady();
    await lay(shiwu, page, await collage(page, turned));
    await drag(page, ...CAT_SIDE);
    await part(page);
    expect(CATS).toContain(await shiwu.firstClass());
    await expect(page.getByTestId('live')).toContainText('选中的部分：');
    await drag(page, ...CUP_SIDE);
    await expect
      .poll(async () => CUPS.includes((await first(shiwu).getAttribute('data-class-id')) ?? ''))
      .toBe(true);
    await expect(page.getByTestId('region-box')).toBeVisible();
    await page.getByTestId('tool-whole').click();
    await expect(page.locator('.label-top')).not.toContainText('局部');
    await expect(page.getByTestId('region-box')).toHaveCount(0);
  });
}

/** A PNG of 18 x 26 whose orientation stands behind its pixels; the chunk begins with the word that JPEG has there. */
const wrapped = readFileSync(new URL('../fixtures/orientation/6-be.png', import.meta.url));

/** The same without that word. */
function plain(stored: Buffer): Buffer {
  const name = stored.indexOf('eXIf');
  const exif = Buffer.concat([Buffer.from('eXIf'), stored.subarray(name + 10, name + 66)]);
  const [length, checksum] = [exif.length - 4, crc32(exif)].map((number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(number);
    return bytes;
  }) as [Buffer, Buffer];
  const head = stored.subarray(0, name - 4);
  return Buffer.concat([head, length, exif, checksum, stored.subarray(name + 70)]);
}

for (const [what, buffer] of [
  ['stands behind its pixels', plain(wrapped)],
  ["begins as JPEG's", wrapped],
] as const) {
  test(`a PNG whose orientation ${what} is shown as it is named`, async ({ shiwu, page }) => {
    await shiwu.openReady();
    await shiwu.drop({ name: 'late.png', mimeType: 'image/png', buffer });
    await shiwu.answer.waitFor();
    const sides = () => shiwu.preview.evaluate((image: HTMLImageElement) => image.naturalWidth);
    await expect.poll(sides).toBe(26);
    // The photo is fitted into its frame, and the layer lies where it is.
    const [frame, layer] = await Promise.all([
      shiwu.preview.boundingBox(),
      page.getByTestId('region-layer').boundingBox(),
    ]);
    if (!frame || !layer) throw new Error('no photo');
    expect(layer.width / layer.height).toBeCloseTo(26 / 18, 1);
    expect(layer.x + layer.width / 2).toBeCloseTo(frame.x + frame.width / 2, 0);
  });
}

test('a box can be drawn as soon as the answer is there', async ({ shiwu, page }) => {
  // The first report of sizes comes late, as on a busy machine.
  await page.addInitScript(() => {
    const Plain = window.ResizeObserver;
    window.ResizeObserver = class extends Plain {
      constructor(callback: ResizeObserverCallback) {
        super((...report) => setTimeout(() => callback(...report), 2000));
      }
    };
  });
  await lay(shiwu, page);
  await drag(page, ...CAT_SIDE);
  await part(page);
});

test('the box by keyboard: moved, sized, asked, left', async ({ shiwu, page }) => {
  await lay(shiwu, page);
  await page.keyboard.press('r');
  await expect(page.getByTestId('region-layer')).toBeFocused();
  for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowLeft');
  for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowUp');
  for (let i = 0; i < 10; i++) await page.keyboard.press('Shift+ArrowDown');
  await expectClean(page);
  await page.keyboard.press('Enter');
  await part(page);
  expect(CATS).toContain(await shiwu.firstClass());
  await page.keyboard.press('Control+z');
  await expect(page.locator('.label-top')).not.toContainText('局部');
  await shiwu.answer.waitFor();
  await page.getByTestId('tool-region').click();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('tool-region')).toBeFocused();
  await expect(page.getByTestId('region-box')).toHaveCount(0);
});

test('a box too small is no question; a click is none at all', async ({ shiwu, page }) => {
  await lay(shiwu, page);
  await page.getByTestId('region-layer').click();
  await expect(page.getByTestId('notice')).toHaveCount(0);
  await page.getByTestId('tool-region').click();
  await drag(page, [0.5, 0.5], [0.505, 0.505]);
  await expect(page.getByTestId('notice')).toContainText('框得太小了');
  await expect(page.locator('.label-top')).not.toContainText('局部');
  await drag(page, ...CAT_SIDE);
  await part(page);
});

test('undo and redo walk through what lay on the table', async ({ shiwu, page }) => {
  await shiwu.openReady();
  await shiwu.drop(chelsea);
  expect(CATS).toContain(await shiwu.firstClass());
  await shiwu.drop(coffee);
  await expect(page.locator('.label-top')).toContainText('第 2 号');
  expect(CUPS).toContain(await shiwu.firstClass());
  await page.keyboard.press('Control+z');
  await expect(page.locator('.label-top')).toContainText('第 1 号');
  expect(CATS).toContain(await shiwu.firstClass());
  expect(await shiwu.preview.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(451);
  await page.getByTestId('tool-undo').click();
  await expect(shiwu.root).toHaveAttribute('data-state', 'empty');
  await page.getByTestId('tool-redo').click();
  await page.keyboard.press('Control+Shift+z');
  await expect(page.locator('.label-top')).toContainText('第 2 号');
  expect(CUPS).toContain(await shiwu.firstClass());
  await expect(page.getByTestId('tool-redo')).toHaveCount(0);
});

test('the answer is copied as text', async ({ shiwu, page }) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await lay(shiwu, page, coffee);
  await page.keyboard.press('c');
  await expect(page.getByTestId('notice')).toHaveText('答案已复制。');
  const lines = (await page.evaluate(() => navigator.clipboard.readText())).split('\n');
  expect(lines[0]).toBe('这是浓缩咖啡。');
  expect(lines[1]).toMatch(/^浓缩咖啡 \d/);
  expect(lines).toHaveLength(7);
});

test('it is saved as a picture: the photo, and below it the name on paper', async ({
  shiwu,
  page,
}) => {
  await lay(shiwu, page, coffee);
  const download = page.waitForEvent('download');
  await page.getByTestId('tool-save').click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('识物-浓缩咖啡.jpg');
  const seen = await page.evaluate(
    async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes]));
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      const context = canvas.getContext('2d');
      context?.drawImage(bitmap, 0, 0);
      const pixel = (x: number, y: number) => [...(context?.getImageData(x, y, 1, 1).data ?? [])];
      const strip = context?.getImageData(0, bitmap.height - 100, bitmap.width, 100).data ?? [];
      let ink = 0;
      for (let i = 0; i < strip.length; i += 4) if ((strip[i] ?? 255) < 100) ink++;
      return { size: [bitmap.width, bitmap.height], corner: pixel(2, 2), ink };
    },
    readFileSync(await file.path()).toString('base64'),
  );
  // coffee.png is 600 × 400, on a sheet of 640 with a margin of a fortieth around.
  expect(seen.size).toEqual([640 + 32, 400 + 16 + 102]);
  for (const value of seen.corner.slice(0, 3)) expect(value).toBeGreaterThan(245);
  expect(seen.ink).toBeGreaterThan(300);
});

test('it is shared where the system can, with the picture', async ({ shiwu, page }) => {
  await page.addInitScript(() => {
    const shared: unknown[] = [];
    Object.assign(window, { shared });
    Object.assign(navigator, {
      canShare: () => true,
      share: async (data: ShareData) => {
        shared.push([data.text?.split('\n')[0], data.files?.[0]?.type]);
      },
    });
  });
  await lay(shiwu, page, coffee);
  await page.getByTestId('tool-share').click();
  await expect
    .poll(() => page.evaluate(() => (window as unknown as { shared: unknown[] }).shared))
    .toEqual([['这是浓缩咖啡。', 'image/jpeg']]);
});

const pasteText = (page: Page, text: string) =>
  page.evaluate((value) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', value);
    const init = { clipboardData, bubbles: true, cancelable: true };
    document.body.dispatchEvent(new ClipboardEvent('paste', init));
  }, text);

test('a pasted address: of this site, with its own bytes, of another site', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady();
  await pasteText(page, new URL('samples/cat.jpg', page.url()).href);
  expect(CATS).toContain(await shiwu.firstClass());
  await expect(page.locator('.caption-name')).toHaveText('cat.jpg');
  await pasteText(page, `data:image/png;base64,${coffee.buffer.toString('base64')}`);
  await expect(page.locator('.label-top')).toContainText('第 2 号');
  expect(CUPS).toContain(await shiwu.firstClass());
  await pasteText(page, 'https://example.com/cat.jpg');
  await expect(page.getByTestId('notice')).toContainText('不从别的网站取图');
  for (const text of ['https://[x', 'http://%', '不是地址']) await pasteText(page, text);
  await expect(page.locator('.label-top')).toContainText('第 2 号');
});

test('the keys are listed, and mean nothing while someone writes', async ({ shiwu, page }) => {
  await lay(shiwu, page, coffee);
  await page.keyboard.press('?');
  await expect(page.getByTestId('keys')).toBeVisible();
  await expectClean(page);
  await page.keyboard.press('r');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('keys')).toBeHidden();
  await expect(page.getByTestId('tool-region')).toHaveAttribute('aria-pressed', 'false');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('axe finds nothing with the tools', async ({ shiwu, page }) => {
      await lay(shiwu, page);
      await drag(page, ...CAT_SIDE);
      await shiwu.answer.waitFor();
      await expectClean(page);
      await page.keyboard.press('Control+z');
      await shiwu.answer.waitFor();
      await expectClean(page);
    });
  });
}
