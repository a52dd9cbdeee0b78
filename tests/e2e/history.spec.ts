import type { Page } from '@playwright/test';
import { expectClean } from './support/axe.js';
import { GARBAGE, green } from './support/bad-files.js';
import { chelsea, coffee } from './support/photos.js';
import { type ShiwuPage, upload } from './support/shiwu-page.js';
import { expect, test } from './support/test.js';

test.use({ contextOptions: { reducedMotion: 'reduce' } });

const memories = (page: Page) => page.getByTestId('memory');

test('off until asked for; then each photo named is remembered, but no sample and no failure', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady();
  await shiwu.drop(chelsea);
  await shiwu.answer.waitFor();
  await page.getByTestId('place-history').click();
  await expect(page.getByTestId('history')).toHaveAttribute('data-count', '0');
  await page.getByTestId('history-begin').click();
  await page.getByTestId('place-photo').click();
  await shiwu.drop(coffee);
  await shiwu.answer.waitFor();
  // Another model's word on the same photo is no new memory.
  await page.getByTestId('place-settings').click();
  await page.getByTestId('backend-auto').check();
  await expect(page.getByTestId('backend-auto')).toBeEnabled();
  await page.getByTestId('place-photo').click();
  await shiwu.answer.waitFor();
  await shiwu.sample('dogs').click();
  await shiwu.answer.waitFor();
  await shiwu.drop(GARBAGE.file);
  await shiwu.error.waitFor();
  await page.getByTestId('place-history').click();
  await expect(memories(page)).toHaveCount(1);
  await expect(memories(page)).toContainText('浓缩咖啡');
  await expect(page.getByRole('heading', { name: '今天' })).toBeVisible();
  const image = memories(page).locator('img');
  await expect(image).toBeVisible();
  await expect(image).toHaveJSProperty('naturalWidth', 320);
  await memories(page).click();
  await expect(page.getByTestId('memory-sheet')).toContainText('coffee.png');
  await expect(page.getByTestId('memory-sheet').getByTestId('candidate')).toHaveCount(5);
  await page.keyboard.press('Escape');
  await expect(memories(page)).toBeFocused();

  await page.reload();
  await expect(memories(page)).toHaveCount(1);
  await page.getByTestId('memory-forget').click();
  await expect(memories(page)).toHaveCount(0);
  await page.getByTestId('undo-removal').click();
  await expect(memories(page)).toHaveCount(1);
  await page.getByTestId('history-clear').click();
  await page.getByTestId('history-clear-yes').click();
  await expect(memories(page)).toHaveCount(0);
  await page.getByTestId('history-stop').click();
  await expect(page.getByTestId('history-begin')).toBeVisible();
});

test('the no of a model that knows one thing stays a no, also under another model', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady('./#history');
  await page.getByTestId('history-begin').click();
  await page.getByTestId('place-photo').click();
  await shiwu.drop(upload(new URL('../fixtures/models/yes-no.onnx', import.meta.url), ''));
  await page.getByTestId('own-labels').fill('狗');
  await page.getByTestId('own-use').click();
  await shiwu.ownModel.waitFor();
  await shiwu.drop(green());
  await expect(shiwu.answer).toHaveAttribute('data-tone', 'not');
  await page.getByTestId('default-model').click();
  await expect(shiwu.ownModel).toHaveCount(0);
  await page.getByTestId('place-history').click();
  await expect(memories(page)).toContainText('这不是狗');
  await memories(page).click();
  await expect(page.getByTestId('memory-sheet')).toContainText('这不是狗');
});

test('axe finds nothing in the history', async ({ shiwu, page }) => {
  await page.addInitScript(() => localStorage.setItem('shiwu.history', 'on'));
  await shiwu.openReady('./#history');
  await expectClean(page);
  await page.getByTestId('place-photo').click();
  await shiwu.drop(coffee);
  await shiwu.answer.waitFor();
  await page.getByTestId('place-history').click();
  await memories(page).waitFor();
  await expectClean(page);
  await memories(page).click();
  await expectClean(page);
});

/** A photo of coffee, whose name the visitor then changes; the history is kept. */
async function callBreakfast(shiwu: ShiwuPage, page: Page): Promise<void> {
  await shiwu.openReady('./#history');
  await page.getByTestId('history-begin').click();
  await page.getByTestId('place-photo').click();
  await shiwu.drop(coffee);
  await expect(shiwu.headline).toContainText('浓缩咖啡');
  await page.getByTestId('doubt').click();
  await page.getByTestId('doubt-name').fill('我的早餐');
  await page.getByTestId('doubt-only').click();
  await expect(shiwu.headline).toContainText('我的早餐');
}

test('what the visitor says of a photo is in its record', async ({ shiwu, page }) => {
  await callBreakfast(shiwu, page);
  await page.getByTestId('place-history').click();
  await expect(memories(page)).toHaveCount(1);
  await expect(memories(page)).toContainText('我的早餐');
  await expect(memories(page)).toContainText('你说的');
  await expect(memories(page).locator('img')).toBeVisible(); // made after the record
  await page.reload();
  await expect(memories(page)).toContainText('我的早餐');
  await expect(memories(page).locator('img')).toBeVisible();
});

test('an own word that was undone leaves the record as the model had it', async ({
  shiwu,
  page,
}) => {
  await callBreakfast(shiwu, page);
  await page.getByTestId('tool-undo').click();
  await expect(shiwu.headline).toContainText('浓缩咖啡');
  await page.getByTestId('place-history').click();
  await expect(memories(page)).toHaveCount(1);
  await expect(memories(page)).toContainText('浓缩咖啡');
});
