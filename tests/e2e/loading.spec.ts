import type { Page } from '@playwright/test';
import { holdBack } from './support/hold-back.js';
import { CATS, CUPS, chelsea, coffee } from './support/photos.js';
import { expect, test } from './support/test.js';

const holdModel = (page: Page) => holdBack(page, '**/lite0*.gz');

test('the bar shows real megabytes, and a photo dropped meanwhile is answered', async ({
  shiwu,
  page,
}) => {
  const release = await holdModel(page);
  await shiwu.open();
  await expect(shiwu.progress).toHaveText(/^\d+\.\d \/ \d+\.\d MB$/);
  await expect(page.getByRole('progressbar')).toHaveAttribute('aria-valuenow', /^[1-9]\d*$/);
  await expect(page.getByText('可以先放照片，好了就认')).toBeVisible();
  await shiwu.drop(coffee);
  await expect(shiwu.preview).toBeVisible();
  await expect(shiwu.progress).toHaveText(/MB$/);
  const [loaded, total] = ((await shiwu.progress.textContent()) ?? '')
    .split('/')
    .map(Number.parseFloat);
  expect(total).toBeGreaterThan(3);
  expect(total).toBeLessThan(3.6);
  expect(loaded).toBeLessThanOrEqual(total ?? 0);
  release();
  expect(CUPS).toContain(await shiwu.firstClass());
  await expect(shiwu.root).toHaveAttribute('data-model', 'ready');
});

test('of two photos put in meanwhile the second is shown and answered, and the first is not lost', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady('./#history');
  await page.getByTestId('history-begin').click();
  const release = await holdModel(page);
  // The second visit would find the model in the browser's storage.
  await page.evaluate(() => caches.delete('shiwu-assets'));
  await page.goto('about:blank');
  await shiwu.open();
  await expect(page.getByTestId('progress')).toContainText('正在取识别模型');
  await shiwu.drop(coffee);
  await shiwu.drop(chelsea);
  await expect(page.getByTestId('notice')).toContainText('前一张还在');
  await expect(shiwu.preview).toHaveAttribute('alt', /chelsea/);
  release();
  expect(CATS).toContain(await shiwu.firstClass());
  // Named in the order of being looked at; both are remembered.
  await page.getByTestId('place-history').click();
  await expect(page.getByTestId('memory')).toHaveCount(2);
  await expect(page.getByTestId('memory').first()).toContainText('浓缩咖啡');
  await page.getByTestId('place-photo').click();
  await page.getByTestId('tool-undo').click();
  await expect(shiwu.preview).toHaveAttribute('alt', /coffee/);
  await expect(shiwu.headline).toContainText('浓缩咖啡');
  await page.getByTestId('place-history').click();
  await expect(page.getByTestId('memory')).toHaveCount(2);
});

test('several photos put in meanwhile wait in the album, and are answered once the model is there', async ({
  shiwu,
  page,
}) => {
  const release = await holdModel(page);
  await shiwu.open();
  await expect(shiwu.progress).toHaveText(/MB$/);
  await shiwu.drop(coffee, chelsea);
  await expect(page.getByTestId('album')).toHaveAttribute('data-count', '2');
  release();
  await expect(page.getByTestId('run')).toHaveCount(0);
  await expect(page.locator('.cell-name')).toHaveText(['浓缩咖啡', '猫']);
});

test('nothing on the page moves when the answer arrives', async ({ shiwu, page }) => {
  await page.addInitScript(() => {
    const shifts: number[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & {
        value: number;
        hadRecentInput: boolean;
      })[]) {
        if (!entry.hadRecentInput) shifts.push(entry.value);
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  const release = await holdModel(page);
  await shiwu.open();
  await shiwu.sample('coffee').click();
  // Shifts within half a second of a click are the visitor's own doing.
  await page.waitForTimeout(800);
  release();
  await shiwu.answer.waitFor();
  await page.waitForTimeout(800);
  const shifts = await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts);
  expect(shifts.reduce((sum, value) => sum + value, 0)).toBeLessThan(0.01);
});

test.describe('when the model file is missing', () => {
  test.use({ expectedErrors: [/404/] });

  test('the page says so, and 重试 heals it', async ({ shiwu, page }) => {
    let missing = true;
    await page.route('**/lite0*.gz', (route) =>
      missing ? route.fulfill({ status: 404, body: '' }) : route.continue(),
    );
    await shiwu.open();
    await expect(page.getByTestId('model-failed')).toContainText('服务器上没有这个文件');
    await shiwu.drop(coffee);
    await expect(shiwu.error).toHaveAttribute('data-error-code', 'not-found');
    await expect(shiwu.error).toContainText('The server does not have this file');
    missing = false;
    await page.getByTestId('retry').click();
    await expect(page.locator('.label')).toBeFocused();
    expect(CUPS).toContain(await shiwu.firstClass());
  });

  test('it heals from the blank label too', async ({ shiwu, page }) => {
    let missing = true;
    await page.route('**/lite0*.gz', (route) =>
      missing ? route.fulfill({ status: 404, body: '' }) : route.continue(),
    );
    await shiwu.open();
    await expect(page.getByTestId('alert')).toContainText('服务器上没有这个文件');
    missing = false;
    await page.getByTestId('model-retry').click();
    await expect(shiwu.root).toHaveAttribute('data-model', 'ready');
  });
});
