// What a person does while something else is still on its way: the later is meant, and nothing undoes it.
import { AlbumPage, paced } from './support/album-page.js';
import { holdBack } from './support/hold-back.js';
import { keepNewerAlbum } from './support/newer-album.js';
import { chelsea, coffee } from './support/photos.js';
import { BAD_MODELS, plainShapes, shapes } from './support/shapes.js';
import type { ShiwuPage } from './support/shiwu-page.js';
import { expect, test } from './support/test.js';

test.use({ contextOptions: { reducedMotion: 'reduce' } });

const [{ file: GARBAGE_MODEL }] = BAD_MODELS as [(typeof BAD_MODELS)[number]];
const ONNX_RUNTIME = '**/ort-wasm-simd-threaded.wasm-*.gz';

/** Puts ONNX Runtime out of the browser's storage, and lets it come only when told to. */
async function holdRuntime({ page }: ShiwuPage): Promise<() => void> {
  await page.evaluate(() => caches.delete('shiwu-assets'));
  return holdBack(page, ONNX_RUNTIME);
}

async function ask({ page }: ShiwuPage, testId: string): Promise<void> {
  await page.getByTestId(testId).click();
  await page.getByTestId(`${testId}-yes`).click();
}

test('a model of one’s own that is erased before it is there does not come to work', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady();
  await shiwu.drop(shapes);
  await expect(shiwu.ownModel).toBeVisible();
  await page.getByTestId('default-model').click();
  await expect(page.getByTestId('model-bar')).toHaveCount(0);
  await page.getByTestId('place-settings').click();
  const release = await holdRuntime(shiwu);
  await page.getByTestId('model-own').click();
  await expect(page.getByTestId('now')).toHaveText('正在换');
  await ask(shiwu, 'erase-own');
  await expect(page.getByTestId('now')).toContainText('Lite0');
  const worker = page.waitForEvent('worker', (one) => one.url().includes('worker-ort'));
  release();
  await worker;
  await expect.poll(() => page.workers().filter((one) => one.url().includes('ort'))).toEqual([]);
  await expect(page.getByTestId('now')).toContainText('Lite0');
  await page.reload();
  await expect(page.getByTestId('storage-model')).toContainText('B'); // all that is kept has been looked for
  await expect(page.getByTestId('storage-own')).toHaveCount(0);
  await expect(page.getByTestId('now')).toContainText('Lite0');
});

test('what is on its way when everything is erased is not stored after it', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady('./#settings');
  await page.getByTestId('keep-history').check();
  const release = await holdBack(page, ONNX_RUNTIME);
  await shiwu.drop(shapes);
  await expect(page.getByTestId('now')).toHaveText('正在换');
  const again = page.waitForEvent('load');
  await ask(shiwu, 'erase-all'); // it waits for no model
  await again;
  release();
  await expect(page.getByTestId('now')).toContainText('Lite0');
  await expect(page.getByTestId('storage-model')).toContainText('B');
  await expect(page.getByTestId('storage-own')).toHaveCount(0);
  await expect(page.getByTestId('keep-history')).not.toBeChecked();
});

test('answers given for a model and then left are not taken after all', async ({ shiwu, page }) => {
  await shiwu.openReady();
  await shiwu.drop(plainShapes);
  await page.getByTestId('own-labels').fill('圆\n三角\n方\n五角星\n十字\n爱心');
  const release = await holdRuntime(shiwu);
  await page.getByTestId('own-use').click();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('own-sheet')).toBeHidden();
  release();
  await shiwu.drop(chelsea);
  await expect(shiwu.candidates.first()).toHaveAttribute('data-class-id', /^n\d+$/);
  await page.getByTestId('place-settings').click();
  await expect(page.getByTestId('storage-model')).toContainText('B'); // all that is kept has been looked for
  await expect(page.getByTestId('storage-own')).toHaveCount(0);
});

test('the language that was chosen last is spoken, whichever words come first', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady('./#settings');
  const release = await holdBack(page, '**/traditional-*.js');
  await page.getByLabel('繁體中文').check();
  await page.getByLabel('English').check();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  const words = page.waitForResponse('**/traditional-*.js');
  release();
  await words;
  await page.waitForTimeout(300); // until they would be spoken
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
});

test('a lesson taken back leaves what was taught before, also after a model that was not taken', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady();
  await shiwu.drop(chelsea);
  await shiwu.teach('豆豆');
  await expect(shiwu.candidates.first()).toHaveAttribute('data-class-id', 'taught:豆豆');
  // Another model is loaded, which knows nothing of it, and given up for one that cannot be read.
  const workers = page.workers().length;
  await shiwu.drop(shapes);
  await shiwu.drop(GARBAGE_MODEL);
  await shiwu.refusal.waitFor();
  await expect.poll(() => page.workers().length).toBe(workers);
  await shiwu.drop(coffee);
  await expect(shiwu.root).toHaveAttribute('data-state', 'done');
  await shiwu.teach('豆豆');
  await page.getByTestId('undo-removal').click();
  await expect(page.getByTestId('notice')).toHaveText('已撤销。');
  await shiwu.drop(chelsea);
  await expect(shiwu.candidates.first()).toHaveAttribute('data-class-id', 'taught:豆豆');
  await page.reload();
  await page.getByTestId('place-settings').click();
  await expect(page.getByTestId('storage-taught')).toContainText('1 样');
});

test('a lesson that others have followed is not taken back at the foot of the page', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady();
  await shiwu.drop(chelsea);
  await shiwu.teach('豆豆');
  await expect(page.getByTestId('undo-removal')).toBeVisible();
  await page.getByTestId('doubt').click();
  await page.getByTestId('doubt-lessons').click();
  await page.getByTestId('lesson-name').fill('豆豆');
  await page.getByTestId('examples-shown-input').setInputFiles([coffee]);
  await page.getByTestId('learn').click();
  await expect(page.getByTestId('lesson-status')).toContainText('豆豆');
  expect(await page.getByTestId('undo-removal').count()).toBe(0); // by itself it would go later
});

test('a correction that followed one of many stays when the many are undone', async ({ page }) => {
  const album = new AlbumPage(page);
  await album.open();
  await album.add(['a.png', 'b.png']);
  await expect(page.getByTestId('run')).toHaveCount(0);
  await page.getByTestId('select').click();
  await page.getByTestId('select-all').click();
  await page.getByTestId('correction-all').fill('草地');
  await page.getByTestId('correct-all').click();
  await album.shows({ 'a.png': '草地', 'b.png': '草地' });
  await page.getByTestId('select').click();
  await album.correct('b.png', '墙');
  await album.shows({ 'a.png': '草地', 'b.png': '墙' });
  await page.getByTestId('select').click();
  await page.getByTestId('uncorrect-all').click();
  await album.shows({ 'a.png': null, 'b.png': '墙' });
});

test('photos that wait are taken out, and none of them is named meanwhile', async ({ page }) => {
  await paced(page, 1000); // so that none has just been named
  const album = new AlbumPage(page);
  await album.open();
  await album.add(Array.from({ length: 20 }, (_, i) => `${i}.png`));
  await expect(page.locator('[data-testid=cell][data-state=named]')).not.toHaveCount(0);
  await album.answerYes('remove-waiting');
  await expect(page.getByTestId('undo-bar')).toBeVisible();
  await page.getByTestId('undo-removal').click();
  await expect(page.getByTestId('album')).toHaveAttribute('data-count', '20');
  await expect(page.getByTestId('run')).toHaveAttribute('data-phase', 'paused');
  const named = page.locator('[data-testid=cell][data-state=named]');
  const before = await named.count();
  await page.waitForTimeout(2500); // a photo's, twice
  expect(await named.count()).toBe(before);
});

test('what cannot be opened is not said to be erased', async ({ shiwu, page }) => {
  await shiwu.open();
  await keepNewerAlbum(page);
  await shiwu.openReady('./#settings');
  await page.reload();
  await ask(shiwu, 'erase-album');
  await expect(page.getByTestId('notice')).toContainText('没有清除。要清掉，请用「全部清除」。');
});

test('a point that could not be looked at is asked about again', async ({ shiwu, page }) => {
  await page.addInitScript(() => {
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (...message: unknown[]) {
      const [{ settings }] = message as [{ settings?: { maps?: boolean } }];
      if (settings?.maps && sessionStorage.getItem('broken')) throw new Error('on purpose');
      Reflect.apply(postMessage, this, message);
    };
  });
  await shiwu.openReady();
  await shiwu.drop(chelsea);
  await shiwu.answer.waitFor();
  await page.evaluate(() => sessionStorage.setItem('broken', 'yes'));
  await page.getByTestId('region-layer').click();
  await expect(page.getByTestId('notice')).toBeVisible();
  await expect(page.getByTestId('where-here')).toBeHidden();
  await page.evaluate(() => sessionStorage.removeItem('broken'));
  await page.getByTestId('region-layer').click();
  await expect(page.getByTestId('where-here')).toHaveAttribute('data-refined', 'true');
});
