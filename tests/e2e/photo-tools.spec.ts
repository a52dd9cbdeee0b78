import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { Page } from '@playwright/test';
import decodeQR from 'qr/decode.js';
import { expectClean } from './support/axe.js';
import { collage } from './support/collage.js';
import { CATS, CUPS, chelsea, coffee } from './support/photos.js';
import { type ShiwuPage, type Upload, upload } from './support/shiwu-page.js';
import { expect, test } from './support/test.js';

test.use({ contextOptions: { reducedMotion: 'reduce' } });

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
    await expect(shiwu.preview).toHaveJSProperty('naturalWidth', 26);
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

test('a box too small is no question, and leaves the one before; a click is none at all', async ({
  shiwu,
  page,
}) => {
  await lay(shiwu, page);
  await page.getByTestId('region-layer').click();
  await expect(page.getByTestId('notice')).toHaveCount(0);
  await page.getByTestId('tool-region').click();
  await drag(page, [0.05, 0.05], [0.2, 0.052]);
  await expect(page.getByTestId('notice')).toContainText('框得太小了');
  await expect(page.locator('.label-top')).not.toContainText('局部');
  // The keys go on: to the left, where the cat is.
  expect(await boxOf(page)).toEqual([25, 25, 50, 50]);
  for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowLeft');
  await expect(page.getByTestId('region-told')).toHaveText('框：左 0%，上 25%，宽 50%，高 50%');
  await page.keyboard.press('Enter');
  await part(page);
  expect(CATS).toContain(await shiwu.firstClass());
});

/** Left, top, width and height of the box, in hundredths of the photo. */
async function boxOf(page: Page): Promise<number[]> {
  const [layer, box] = await Promise.all([
    page.getByTestId('region-layer').boundingBox(),
    page.getByTestId('region-box').boundingBox(),
  ]);
  if (!layer || !box) throw new Error('no box');
  const share = (part: number, whole: number) => Math.round((100 * part) / whole);
  return [
    share(box.x - layer.x, layer.width),
    share(box.y - layer.y, layer.height),
    share(box.width, layer.width),
    share(box.height, layer.height),
  ];
}

/** About what is expected, in hundredths: a pixel of the page is up to a third of one. */
const near = (page: Page, expected: number[]) =>
  expect
    .poll(async () => {
      const box = await boxOf(page);
      return box.every((value, i) => Math.abs(value - (expected[i] ?? 0)) <= 1) || box;
    })
    .toBe(true);

test('the box is moved and sized by the mouse, and asks by a tap', async ({ shiwu, page }) => {
  await lay(shiwu, page);
  await page.getByTestId('tool-region').click();
  await near(page, [25, 25, 50, 50]);
  await drag(page, [0.5, 0.5], [0.3, 0.5]);
  await near(page, [5, 25, 50, 50]);
  await drag(page, [0.05, 0.25], [0.02, 0.02]);
  await near(page, [2, 2, 53, 73]);
  await drag(page, [0.55, 0.4], [0.47, 0.4]);
  await near(page, [2, 2, 45, 73]);
  await drag(page, [0.2, 0.75], [0.2, 0.98]);
  await near(page, [2, 2, 45, 96]);
  // Nothing was asked so far; a tap beside the box brings it there, one inside asks.
  await expect(page.locator('.label-top')).not.toContainText('局部');
  await drag(page, [0.75, 0.5], [0.75, 0.5]);
  await near(page, [52.5, 2, 45, 96]);
  await drag(page, [0.7, 0.5], [0.7, 0.5]);
  await part(page);
  expect(CUPS).toContain(await shiwu.firstClass());
  // What was asked about keeps its grips: let go, it is asked again.
  await drag(page, [0.7, 0.5], [0.2, 0.5]);
  await near(page, [2, 2, 45, 96]);
  await expect
    .poll(async () => CATS.includes((await first(shiwu).getAttribute('data-class-id')) ?? ''))
    .toBe(true);
});

test('what is asked about stays clear, the rest is dimmed', async ({ shiwu, page }) => {
  await lay(shiwu, page);
  const light = async (x: number, y: number) => {
    const box = await page.getByTestId('region-layer').boundingBox();
    if (!box) throw new Error('no layer');
    const clip = { x: box.x + x * box.width, y: box.y + y * box.height, width: 20, height: 20 };
    const shot = (await page.screenshot({ clip })).toString('base64');
    return page.evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes]));
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
      context?.drawImage(bitmap, 0, 0);
      const { data } = context?.getImageData(0, 0, bitmap.width, bitmap.height) ?? { data: [] };
      let sum = 0;
      for (let i = 0; i < data.length; i++) if (i % 4 !== 3) sum += data[i] ?? 0;
      return sum / data.length;
    }, shot);
  };
  const before = [await light(0.4, 0.5), await light(0.8, 0.5)] as const;
  await page.getByTestId('tool-region').click();
  for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowLeft');
  for (const asked of [false, true]) {
    if (asked) await page.keyboard.press('Enter');
    if (asked) await part(page);
    expect((await light(0.4, 0.5)) / before[0]).toBeCloseTo(1, 1);
    expect((await light(0.8, 0.5)) / before[1]).toBeCloseTo(0.5, 1);
  }
});

test('Enter and Escape work wherever the focus is, and so do the corners', async ({
  shiwu,
  page,
}) => {
  await lay(shiwu, page);
  const blur = () => page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.getByTestId('tool-region').click();
  await blur();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('region-box')).toHaveCount(0);
  await page.keyboard.press('r');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: '左上角' })).toBeFocused();
  for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowLeft');
  for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowUp');
  await near(page, [0, 0, 75, 75]);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: '右下角' })).toBeFocused();
  for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowLeft');
  for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowDown');
  await near(page, [0, 0, 50, 100]);
  await expectClean(page);
  await blur();
  await page.keyboard.press('Enter');
  await part(page);
  expect(CATS).toContain(await shiwu.firstClass());
  // Chosen anew it begins where it was.
  await page.keyboard.press('r');
  await near(page, [0, 0, 50, 100]);
  await page.getByTestId('tool-leave').click();
  await expect(page.getByTestId('tool-whole')).toBeFocused();
  await part(page);
});

test.describe('by finger', () => {
  test.use({ hasTouch: true });

  test('the box is moved, sized and asked', async ({ shiwu, page }) => {
    await lay(shiwu, page);
    const session = await page.context().newCDPSession(page);
    /** A finger from one place of the photo to another. */
    const swipe = async (from: [number, number], to: [number, number]) => {
      const box = await page.getByTestId('region-layer').boundingBox();
      if (!box) throw new Error('no layer');
      const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', at?: [number, number]) =>
        session.send('Input.dispatchTouchEvent', {
          type,
          touchPoints: at ? [{ x: box.x + at[0] * box.width, y: box.y + at[1] * box.height }] : [],
        });
      await touch('touchStart', from);
      for (const share of [0.25, 0.5, 0.75, 1]) {
        await touch('touchMove', [
          from[0] + share * (to[0] - from[0]),
          from[1] + share * (to[1] - from[1]),
        ]);
      }
      await touch('touchEnd');
    };
    await page.getByTestId('tool-region').tap();
    await swipe([0.5, 0.5], [0.25, 0.5]);
    await near(page, [0, 25, 50, 50]);
    await swipe([0.5, 0.75], [0.48, 1]);
    await near(page, [0, 25, 48, 75]);
    // A tap right behind the swipe would be taken for its end.
    await page.getByTestId('tool-ask').click();
    await part(page);
    expect(CATS).toContain(await shiwu.firstClass());
    // A grip of what was asked about is enough; elsewhere the finger scrolls.
    await swipe([0.0, 0.25], [0.0, 0.05]);
    await near(page, [0, 5, 48, 95]);
    await swipe([0.2, 0.5], [0.6, 0.5]);
    await near(page, [0, 5, 48, 95]);
  });
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
  await expect(shiwu.preview).toHaveJSProperty('naturalWidth', 451);
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
  expect(lines[6]).toBe(`— 识物 ${new URL('./', page.url()).href}`);
});

/** The saved file's pixels, RGBA. */
async function pixelsOf(page: Page, path: string) {
  const { width, height, base64 } = await page.evaluate(async (file) => {
    const bytes = Uint8Array.from(atob(file), (character) => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes]));
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext('2d');
    context?.drawImage(bitmap, 0, 0);
    const { data } = context?.getImageData(0, 0, width, height) ?? { data: new Uint8Array() };
    const blob = new Blob([new Uint8Array(data)]);
    const reader = new FileReader();
    const url = await new Promise<string>((resolve) => {
      reader.onload = () => resolve(reader.result as string);
      reader.readAsDataURL(blob);
    });
    return { width, height, base64: url.slice(url.indexOf(',') + 1) };
  }, readFileSync(path).toString('base64'));
  return { width, height, data: new Uint8Array(Buffer.from(base64, 'base64')) };
}

async function savedCard(page: Page) {
  const download = page.waitForEvent('download');
  await page.getByTestId('tool-save').click();
  const file = await download;
  return { name: file.suggestedFilename(), ...(await pixelsOf(page, await file.path())) };
}

/** How many pixels of these rows are dark. */
function ink({ width, data }: { width: number; data: Uint8Array }, from: number, to: number) {
  let count = 0;
  for (let i = from * width * 4; i < to * width * 4; i += 4) if ((data[i] ?? 255) < 110) count++;
  return count;
}

for (const [photo, what] of [
  [coffee, 'a photo as wide as most'],
  [
    { ...upload(new URL('../fixtures/shapes/star.png', import.meta.url), 'image/png') },
    'a tiny one',
  ],
] as const) {
  test(`it is saved as a card: ${what} from edge to edge, words below it, and a QR code of this address`, async ({
    shiwu,
    page,
  }) => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await lay(shiwu, page, photo);
    const before = asked.length;
    const card = await savedCard(page);
    // The code's library comes with the first card.
    expect(asked.slice(before).filter((url) => /assets\/.*\.js$/.test(url)).length).toBeGreaterThan(
      1,
    );
    expect(card.width).toBe(1080);
    const { width, height } = await shiwu.preview.evaluate((image: HTMLImageElement) => ({
      width: image.naturalWidth,
      height: image.naturalHeight,
    }));
    // The photo is as wide as the words below it may be: from margin to margin.
    const photoHeight = Math.round((height * 972) / width);
    const paper = (x: number, y: number) =>
      [0, 1, 2].every((i) => (card.data[(y * card.width + x) * 4 + i] ?? 0) > 245);
    expect(paper(20, 20)).toBe(true);
    expect(paper(50, 54 + Math.round(photoHeight / 2))).toBe(true);
    expect(paper(1030, 54 + Math.round(photoHeight / 2))).toBe(true);
    const text = 54 + photoHeight + 10;
    expect(ink(card, text, card.height - 240)).toBeGreaterThan(1000);
    expect(ink(card, card.height - 230, card.height)).toBeGreaterThan(1000);
    expect(decodeQR(card)).toBe(new URL('./', page.url()).href);
  });
}

test('the card of a class has a sentence more than the card of what cannot be told', async ({
  shiwu,
  page,
}) => {
  await lay(shiwu, page, coffee);
  const { name, height } = await savedCard(page);
  expect(name).toBe('识物-浓缩咖啡.jpg');
  // Photo 648, name and pinyin, the English, a line or two of the sentence, the foot.
  expect(height).toBeGreaterThan(648 + 54 + 30 + 44 + 92 + 56 + 68 + 236);
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

test('axe finds nothing with the tools', async ({ shiwu, page }) => {
  await lay(shiwu, page);
  await drag(page, ...CAT_SIDE);
  await shiwu.answer.waitFor();
  await expectClean(page);
  await page.keyboard.press('Control+z');
  await shiwu.answer.waitFor();
  await expectClean(page);
});
