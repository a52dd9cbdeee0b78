// Everything that a person made, out of one browser as one file and into another.
import { readFileSync } from 'node:fs';
import type { Browser, Page } from '@playwright/test';
import { AlbumPage } from './support/album-page.js';
import { expectClean } from './support/axe.js';
import { holdBack } from './support/hold-back.js';
import { dump } from './support/kept-dump.js';
import { chelsea, coffee } from './support/photos.js';
import { shapes, star } from './support/shapes.js';
import { ShiwuPage, type Upload } from './support/shiwu-page.js';
import { expect, test } from './support/test.js';

test.use({ contextOptions: { reducedMotion: 'reduce' } });
test.setTimeout(120_000);

/** What can be undone stays so: no machine shall be too slow for it. */
const keepOffers = (page: Page) =>
  page.addInitScript(() => {
    const { setTimeout } = window;
    const OFFERED_MS = 20_000;
    Object.assign(window, {
      setTimeout: (act: () => void, ms: number) => (ms === OFFERED_MS ? 0 : setTimeout(act, ms)),
    });
  });

test.beforeEach(({ page }) => keepOffers(page));

const outcome = (page: Page) => page.getByTestId('backup-outcome');

/** Another browser: nothing is kept in it. */
async function elsewhere(browser: Browser): Promise<ShiwuPage> {
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const page = await context.newPage();
  await keepOffers(page);
  return new ShiwuPage(page);
}

async function openSettings(shiwu: ShiwuPage): Promise<void> {
  await shiwu.openReady('./#settings');
  await shiwu.page.getByTestId('backup-save').waitFor();
}

/** As in browsers that let nobody choose a place: a download. */
async function save(page: Page): Promise<Upload> {
  await page.evaluate(() => {
    (window as { showSaveFilePicker?: unknown }).showSaveFilePicker = undefined;
  });
  const downloading = page.waitForEvent('download');
  await page.getByTestId('backup-save').click();
  const download = await downloading;
  const name = download.suggestedFilename();
  await expect(outcome(page)).toHaveText(`已存为 ${name}。里面有你的照片，请收好。`);
  return { name, mimeType: 'application/zip', buffer: readFileSync(await download.path()) };
}

async function restore(page: Page, file: Upload): Promise<void> {
  await page.getByTestId('backup-file').setInputFiles(file);
}

async function teach(shiwu: ShiwuPage, photo: Upload, called: string): Promise<void> {
  const { page } = shiwu;
  await page.getByTestId('place-photo').click();
  await shiwu.drop(photo);
  await expect(shiwu.root).toHaveAttribute('data-state', 'done');
  await shiwu.teach(called);
}

/** Names (a vector is stored with each), small pictures and originals reach the disk beside what is shown. */
const onDisk = (album: AlbumPage, photos: number) =>
  expect
    .poll(() => album.onDisk())
    .toMatchObject({ vectors: photos, thumbnails: photos, originals: photos });

/** An album of two photos, one of them corrected. */
async function fillAlbum(page: Page, called: string): Promise<void> {
  await page.getByTestId('place-album').click();
  const album = new AlbumPage(page);
  await album.opened();
  await page.getByTestId('pick-photos-input').setInputFiles([star, coffee]);
  await expect(page.getByTestId('album')).toHaveAttribute('data-count', '2');
  await expect(page.getByTestId('run')).toHaveCount(0);
  await expect(page.locator('.cell img')).toHaveCount(2);
  await album.correct('star.png', called);
  await album.shows({ 'star.png': called, 'coffee.png': null });
  await onDisk(album, 2);
}

test('everything goes into one file, and comes back in another browser', async ({
  shiwu,
  page,
  browser,
}) => {
  await openSettings(shiwu);
  await page.getByTestId('keep-history').check();
  await page.getByTestId('text-large').check();
  await teach(shiwu, chelsea, '豆豆');
  await page.getByTestId('place-settings').click();
  await page.getByTestId('model-accurate').check();
  await expect(page.getByTestId('now')).toContainText('Lite2');
  await teach(shiwu, coffee, '我的杯子');
  await shiwu.drop(shapes);
  await expect(shiwu.ownModel).toBeVisible();
  await fillAlbum(page, '派大星');
  await page.getByTestId('place-settings').click();
  const file = await save(page);
  expect(file.name).toMatch(/^识物-我的数据-\d{4}-\d\d-\d\d\.zip$/);
  const before = await dump(page);
  expect(JSON.stringify(before)).toContain('派大星');

  const other = await elsewhere(browser);
  await openSettings(other);
  await expectClean(other.page);
  await restore(other.page, file);
  const said = '放回来了：2 张照片、1 处更正、2 条记录、2 样教过的、1 个模型、4 项设置。';
  await expect(outcome(other.page)).toHaveText(said);
  await expect(other.page.getByTestId('undo-text')).toHaveText(said);
  await expect(other.page.getByTestId('now')).toContainText('图形识别');
  expect(await dump(other.page)).toEqual(before);
  await expectClean(other.page);

  // It is there at the next visit, and in use.
  await other.page.reload();
  await other.page.getByTestId('place-album').click();
  await new AlbumPage(other.page).shows({ 'star.png': '派大星', 'coffee.png': null });
  await other.page.getByTestId('place-photo').click();
  await expect(other.ownModel).toBeVisible();
  await other.page.getByTestId('default-model').click();
  await expect(other.page.getByTestId('model-bar')).toHaveCount(0);
  await other.drop(coffee);
  await expect(other.candidates.first()).toHaveAttribute('data-class-id', 'taught:我的杯子');

  // Once more, and nothing is there twice.
  await other.page.getByTestId('place-settings').click();
  await restore(other.page, file);
  await expect(outcome(other.page)).toHaveText('文件里的，这里都有了，什么也没有变。');
  await other.page.context().close();
});

test('what is here stays, what is new is added, and all of it can be undone', async ({
  shiwu,
  page,
  browser,
}) => {
  await openSettings(shiwu);
  await teach(shiwu, chelsea, '豆豆');
  await fillAlbum(page, '派大星');
  await page.getByTestId('place-settings').click();
  await page.getByTestId('text-large').check();
  const file = await save(page);

  const other = await elsewhere(browser);
  await openSettings(other);
  await other.page.getByTestId('text-small').check();
  await teach(other, coffee, '我的杯子');
  await other.page.getByTestId('place-album').click();
  const album = new AlbumPage(other.page);
  await album.opened();
  await other.page.getByTestId('pick-photos-input').setInputFiles([star]);
  await expect(other.page.getByTestId('album')).toHaveAttribute('data-count', '1');
  await expect(other.page.getByTestId('run')).toHaveCount(0);
  await expect(other.page.locator('.cell img')).toHaveCount(1);
  await album.correct('star.png', '海星');
  await onDisk(album, 1);
  await other.page.getByTestId('place-settings').click();
  const before = await dump(other.page);

  await restore(other.page, file);
  // Two photos of one name and size are one only if they are of one date; these were made just now.
  await expect(outcome(other.page)).toHaveText(
    /^放回来了：[12] 张照片、(1 处更正、)?1 样教过的。$/,
  );
  await expect(other.page.getByTestId('text-small')).toBeChecked();
  await other.page.getByTestId('place-album').click();
  await expect(other.page.locator('.cell-name', { hasText: '海星' })).toHaveCount(1);
  await other.page.getByTestId('place-photo').click();
  await other.drop(chelsea);
  await expect(other.candidates.first()).toHaveAttribute('data-class-id', 'taught:豆豆');
  await other.drop(coffee);
  await expect(other.candidates.first()).toHaveAttribute('data-class-id', 'taught:我的杯子');

  await other.page.getByTestId('undo-removal').click();
  await other.page.getByTestId('place-settings').click();
  await expect(outcome(other.page)).toHaveText('已撤销，和恢复之前一样。');
  const after = (await dump(other.page)) as Record<string, unknown>;
  // A lesson that is stored again has another stamp.
  const stampless = (all: unknown) => JSON.stringify(all).replace(/"stamp":"[\d.]+"/g, '');
  expect(stampless(after)).toBe(stampless(before));
  await other.page.context().close();
});

test('what the file chose runs, also where the first model was still on its way', async ({
  shiwu,
  page,
  browser,
}) => {
  await openSettings(shiwu);
  await page.getByTestId('engine-ort').check();
  await expect(page.getByTestId('now')).toContainText('ONNX Runtime');
  const file = await save(page);
  const other = await elsewhere(browser);
  const release = await holdBack(other.page, '**/lite0*.gz');
  await other.open('./#settings');
  await other.page.getByTestId('backup-save').waitFor();
  await restore(other.page, file);
  await expect(outcome(other.page)).toHaveText('放回来了：1 项设置。');
  release();
  await expect(other.page.getByTestId('now')).toContainText('ONNX Runtime');
  await other.page.context().close();
});

test('undone, it leaves what was done since: a correction, and a model that was put in', async ({
  shiwu,
  page,
}) => {
  await openSettings(shiwu);
  await shiwu.drop(shapes);
  await page.getByTestId('place-settings').click();
  await expect(page.getByTestId('storage-own')).toBeVisible();
  await page.getByTestId('place-album').click();
  const album = new AlbumPage(page);
  await album.opened();
  await album.add(['a.png', 'b.png']);
  await expect(page.getByTestId('run')).toHaveCount(0);
  await album.correct('a.png', '草地');
  await album.correct('b.png', '草地');
  await onDisk(album, 2);
  await page.getByTestId('place-settings').click();
  const file = await save(page);
  // Neither the corrections nor the model are here any more.
  await page.getByTestId('erase-own').click();
  await page.getByTestId('erase-own-yes').click();
  await expect(page.getByTestId('storage-own')).toHaveCount(0);
  await page.getByTestId('place-album').click();
  for (const name of ['a.png', 'b.png']) {
    await album.cell(name).click();
    await page.getByTestId('uncorrect').click();
    await expect(page.getByTestId('uncorrect')).toHaveCount(0);
    await page.keyboard.press('Escape');
    await album.photoLeft();
  }
  await page.getByTestId('place-settings').click();

  await restore(page, file);
  await expect(outcome(page)).toHaveText(/^放回来了：2 处更正、1 个模型(、\d 项设置)?。$/);
  await page.getByTestId('place-album').click();
  await album.shows({ 'a.png': '草地', 'b.png': '草地' });
  await album.correct('b.png', '墙');
  await shiwu.drop({ ...shapes, name: 'second.onnx' });
  await page.getByTestId('place-settings').click();
  await expect(page.getByText('second.onnx').first()).toBeVisible();
  await page.getByTestId('undo-removal').click();
  await expect(outcome(page)).toHaveText('已撤销，和恢复之前一样。');
  await page.reload();
  await expect(page.getByText('second.onnx').first()).toBeVisible();
  await expect(page.getByTestId('now')).toContainText('图形识别');
  await page.getByTestId('place-album').click();
  await album.shows({ 'a.png': null, 'b.png': '墙' });
});

test('a file that is damaged, of a later page or of another program changes nothing, and is refused', async ({
  shiwu,
  page,
}) => {
  await openSettings(shiwu);
  await fillAlbum(page, '派大星');
  await page.getByTestId('place-settings').click();
  const file = await save(page);
  const before = await dump(page);
  const { buffer } = file;
  const flipped = Buffer.from(buffer);
  flipped[buffer.length >> 1] = (flipped[buffer.length >> 1] ?? 0) ^ 1;
  const cases: [file: Upload, why: RegExp][] = [
    [{ ...file, buffer: buffer.subarray(0, buffer.length - 100) }, /不完整/],
    [{ ...file, buffer: flipped }, /不完整/],
    [{ ...file, buffer: Buffer.from('no zip') }, /不是「全部存成一个文件」存下的/],
    [star, /不是「全部存成一个文件」存下的/],
  ];
  for (const [wrong, why] of cases) {
    await restore(page, wrong);
    await expect(outcome(page)).toHaveText(why);
    expect(await dump(page)).toEqual(before);
  }
  await page.getByTestId('settings').getByTestId('language-en').check();
  await expect(outcome(page)).toHaveText(/^This is not the \.zip that/);
});

test('the file is taken back from wherever it is dropped', async ({ shiwu, page }) => {
  await openSettings(shiwu);
  await fillAlbum(page, '派大星');
  await page.getByTestId('place-settings').click();
  const file = await save(page);
  await page.getByTestId('place-album').click();
  await page.getByTestId('clear').click();
  await page.getByTestId('clear-yes').click();
  await expect(page.getByTestId('album-empty')).toBeVisible();
  await page.getByTestId('place-photo').click();
  await shiwu.drop(file);
  await expect(outcome(page)).toBeInViewport();
  await expect(outcome(page)).toHaveText('放回来了：2 张照片、1 处更正。');
  await page.getByTestId('place-album').click();
  await expect(page.locator('.cell-name', { hasText: '派大星' })).toHaveCount(1);
});

test('where a place can be chosen, the file is written there; who chooses none gets none', async ({
  shiwu,
  page,
}) => {
  await openSettings(shiwu);
  await page.getByTestId('text-large').check();
  await page.evaluate(() => {
    Object.assign(window, {
      showSaveFilePicker: async () => {
        throw new DOMException('closed', 'AbortError');
      },
    });
  });
  await page.getByTestId('backup-save').click();
  await expect(page.getByTestId('backup-progress')).toHaveCount(0);
  await expect(outcome(page)).toHaveText('');
  await page.evaluate(() => {
    Object.assign(window, {
      showSaveFilePicker: async () => {
        const folder = await navigator.storage.getDirectory();
        return folder.getFileHandle('mine.zip', { create: true });
      },
    });
  });
  await page.getByTestId('backup-save').click();
  await expect(outcome(page)).toHaveText('已存为 mine.zip。里面有你的照片，请收好。');
  const bytes = await page.evaluate(async () => {
    const folder = await navigator.storage.getDirectory();
    const file = await (await folder.getFileHandle('mine.zip')).getFile();
    return [...new Uint8Array(await file.arrayBuffer())];
  });
  await page.getByTestId('text-normal').check();
  await restore(page, { name: 'mine.zip', mimeType: '', buffer: Buffer.from(bytes) });
  await expect(outcome(page)).toHaveText('放回来了：1 项设置。');
  await expect(page.getByTestId('text-large')).toBeChecked();
});
