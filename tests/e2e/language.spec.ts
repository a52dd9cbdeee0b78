import { expect, test } from './support/test.js';

test('Chinese first; English is one click away and is remembered', async ({ shiwu, page }) => {
  await shiwu.openReady();
  const html = page.locator('html');
  await expect(html).toHaveAttribute('lang', 'zh-CN');
  await expect(shiwu.pick).toHaveText('选一张照片');
  await page.getByTestId('language-en').click();
  await expect(html).toHaveAttribute('lang', 'en');
  await expect(shiwu.pick).toHaveText('Choose a photo');
  await page.reload();
  await expect(html).toHaveAttribute('lang', 'en');
  await shiwu.sample('coffee').click();
  await shiwu.answer.waitFor();
  const first = shiwu.candidates.first();
  await expect(first.locator('.candidate-name')).toHaveText(/^[a-z ,'-]+$/i);
  await expect(first.locator('.candidate-other')).toHaveText(/\p{Script=Han}/u);
  await page.getByTestId('language-zh').click();
  await expect(first.locator('.candidate-name')).toHaveText(/\p{Script=Han}/u);
  await expect(first.locator('.candidate-other')).toHaveAttribute('lang', 'en');
});
