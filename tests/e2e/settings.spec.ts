import type { Page } from '@playwright/test';
import { expectClean } from './support/axe.js';
import { keptFiles } from './support/kept-files.js';
import { CATS, CUPS, coffee } from './support/photos.js';
import { shapes } from './support/shapes.js';
import { expect, test } from './support/test.js';

test.use({ contextOptions: { reducedMotion: 'reduce' } });

const now = (page: Page) => page.getByTestId('now');

test('the accurate model is fetched when chosen, names the photo on the table, and is remembered', async ({
  shiwu,
  page,
}) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await shiwu.openReady();
  await shiwu.sample('coffee').click();
  expect(CUPS).toContain(await shiwu.firstClass());
  await page.getByTestId('place-settings').click();
  await expect(page.getByTestId('model-fast')).toBeChecked();
  expect(asked.some((path) => path.includes('lite2'))).toBe(false);
  await page.getByTestId('model-accurate').check();
  await expect(now(page)).toContainText('Lite2');
  expect(asked.some((path) => path.endsWith('models/lite2.onnx.gz'))).toBe(true);
  await page.getByTestId('place-photo').click();
  expect(CUPS).toContain(await shiwu.firstClass());
  await page.getByTestId('timings').locator('summary').click();
  await expect(page.getByTestId('timings')).toContainText('Lite2');

  await shiwu.openReady('./#settings');
  await page.reload();
  await expect(page.getByTestId('model-accurate')).toBeChecked();
  await expect(now(page)).toContainText('Lite2');
  await page.getByTestId('model-fast').check();
  await expect(now(page)).toContainText('Lite0');
});

test('a model that cannot be fetched leaves the former at work and the choice as it was', async ({
  shiwu,
  page,
  expectedErrors,
}) => {
  expectedErrors.push(/404/);
  await page.route('**/lite2.onnx.gz', (route) => route.fulfill({ status: 404 }));
  await shiwu.openReady('./#settings');
  // Not check(), which would look for the tick that may be back at the former already.
  await page.getByTestId('model-accurate').click();
  // Said beside the choice that did not take, not below the other two.
  const refused = page.getByTestId('refused-model');
  await expect(refused).toContainText('服务器上没有这个文件');
  const above = await page.getByTestId('model-accurate').boundingBox();
  const below = await page.getByTestId('engine-auto').boundingBox();
  const { y = 0 } = (await refused.boundingBox()) ?? {};
  expect(y).toBeGreaterThan(above?.y ?? Number.POSITIVE_INFINITY);
  expect(y).toBeLessThan(below?.y ?? 0);
  await expect(now(page)).toContainText('Lite0');
  await expect(page.getByTestId('model-fast')).toBeChecked();
  await page.getByTestId('place-photo').click();
  await shiwu.sample('cat').click();
  expect(CATS).toContain(await shiwu.firstClass());
});

test('ONNX Runtime is not fetched until it is asked for; both engines agree', async ({
  shiwu,
  page,
}) => {
  const fetched: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.includes('ort')) fetched.push(pathname);
  });
  await shiwu.openReady();
  await shiwu.sample('cat').click();
  expect(CATS).toContain(await shiwu.firstClass());
  await page.getByTestId('place-settings').click();
  await expect(now(page)).toContainText('识物引擎');
  expect(fetched).toEqual([]);

  await page.getByTestId('check-engines').click();
  await expect(page.getByTestId('check-result')).toContainText('前五名一样', { timeout: 60_000 });
  await expect(page.getByTestId('check-result')).toContainText(/最多相差 0\.000/);
  expect(fetched.some((path) => path.includes('ort-wasm'))).toBe(true);
  await expectClean(page);

  await page.getByTestId('engine-ort').check();
  await expect(now(page)).toContainText('ONNX Runtime');
  await page.getByTestId('place-photo').click();
  await shiwu.sample('coffee').click();
  expect(CUPS).toContain(await shiwu.firstClass());
  await shiwu.openReady('./#settings');
  await page.reload();
  await expect(page.getByTestId('engine-ort')).toBeChecked();
  await expect(now(page)).toContainText('ONNX Runtime');
  await page.getByTestId('engine-auto').check();
  await expect(now(page)).toContainText('识物引擎');
});

test('a backend that is not there is dropped, and what runs is said', async ({ shiwu, page }) => {
  await shiwu.openReady('./#settings');
  await expect(now(page)).toContainText('处理器');
  await page.getByTestId('backend-webgpu').click();
  // Why it did not take is said on the page, and the choice goes back where everyone sees it.
  await expect(page.getByTestId('no-gpu')).toHaveText(
    '显卡没有用上：这个浏览器没有可用的显卡，或不让网页用它。仍用处理器。',
  );
  await expect(page.getByTestId('backend-wasm')).toBeChecked();
  await expect(now(page)).toContainText('处理器');
  await expectClean(page);
  await page.reload();
  await expect(page.getByTestId('backend-wasm')).toBeChecked();
  await expect(page.getByTestId('no-gpu')).toHaveCount(0);
  // Automatic is no demand, yet it says so as well.
  await page.getByTestId('backend-auto').check();
  await expect(page.getByTestId('no-gpu')).toContainText('没有可用的显卡');
  await expect(page.getByTestId('backend-auto')).toBeChecked();
});

test('text size and language hold from the first paint of the next visit', async ({ page }) => {
  await page.goto('./#settings');
  const size = () =>
    page.evaluate(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize));
  const usual = await size();
  await page.getByTestId('text-huge').check();
  expect((await size()) / usual).toBeCloseTo(1.35, 2);
  await page.locator('input[data-testid=language-en]').check();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible();
  expect((await size()) / usual).toBeCloseTo(1.35, 2);
});

test('the largest text fits the narrowest phone', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto('./#settings');
  await page.getByTestId('text-huge').check();
  for (const place of ['settings', 'photo', 'album', 'camera', 'history']) {
    await page.getByTestId(`place-${place}`).click();
    await page.waitForTimeout(200);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide, place).toBeLessThanOrEqual(320);
  }
});

test('what is kept is shown and erased, each by itself or all at once', async ({ shiwu, page }) => {
  await shiwu.openReady('./#album');
  await page.getByTestId('pick-photos-input').setInputFiles([coffee]);
  await expect(page.getByTestId('cell')).toHaveAttribute('data-state', 'named');
  await expect.poll(() => keptFiles(page)).toBeGreaterThanOrEqual(2);
  await page.getByTestId('place-settings').click();
  await expect(page.getByTestId('storage-album')).toContainText('1 张照片');
  await expect(page.getByTestId('storage-model')).toContainText(/\d\.\d MB/);
  await page.getByTestId('erase-album').click();
  await page.getByTestId('erase-album-yes').click();
  await expect(page.getByTestId('storage-album')).toContainText('0 张照片');
  // Another project of the same origin keeps what is its own.
  await page.evaluate(async () => {
    await caches.open('another-project');
    localStorage.setItem('another-project', '1');
  });
  await page.getByTestId('erase-model').click();
  await page.getByTestId('erase-model-yes').click();
  await expect(page.getByTestId('storage-model')).not.toContainText('MB');
  await expect(page.getByTestId('notice')).toHaveText('已清除。');
  // There is nothing to bring back.
  for (const id of ['album', 'history', 'taught']) {
    await page.getByTestId(`erase-${id}`).click();
    await page.getByTestId(`erase-${id}-yes`).click();
    await expect(page.getByTestId('notice')).toHaveText('已清除。');
  }
  await page.getByTestId('text-large').check();
  await page.getByTestId('erase-all').click();
  await page.getByTestId('erase-all-yes').click();
  await expect(page.getByTestId('text-normal')).toBeChecked();
  expect(await page.evaluate(() => localStorage.getItem('another-project'))).toBe('1');
  expect(await page.evaluate(() => caches.keys())).toContain('another-project');
});

test('axe finds nothing in the settings', async ({ shiwu, page }) => {
  await shiwu.openReady('./#settings');
  await expectClean(page);
  await page.getByTestId('erase-all').click();
  await expectClean(page);
});

test("another backend keeps one's own model at work", async ({ shiwu, page }) => {
  await shiwu.openReady();
  await shiwu.drop(shapes);
  await expect(shiwu.ownModel).toBeVisible();
  await page.getByTestId('place-settings').click();
  await page.getByTestId('backend-auto').check();
  await expect(page.getByTestId('backend-auto')).toBeEnabled();
  await expect(page.getByTestId('model-own')).toBeChecked();
  await page.getByTestId('model-fast').check();
  await expect(now(page)).toContainText('Lite0');
  await page.getByTestId('model-own').check();
  await expect(now(page)).toContainText('图形识别');
});
