import type { Page } from '@playwright/test';
import { CUPS, coffee } from './support/photos.js';
import { expect, test } from './support/test.js';

/** Lets the model file through only after `release` is called. */
async function holdModel(page: Page) {
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route('**/lite0*.gz', async (route) => {
    await gate;
    await route.continue();
  });
  return () => release();
}

test('the bar shows real megabytes, and a photo dropped meanwhile is answered', async ({
  shiwu,
  page,
}) => {
  const release = await holdModel(page);
  await shiwu.open();
  await expect(shiwu.progress).toHaveText(/^\d+\.\d \/ \d+\.\d MB$/);
  await expect(page.getByRole('progressbar')).toHaveAttribute('aria-valuenow', /^[1-9]\d*$/);
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
