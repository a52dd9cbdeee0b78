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

for (const [locale, lang, pick] of [
  ['en-GB', 'en', 'Choose a photo'],
  ['zh-CN', 'zh-CN', '选一张照片'],
  ['fr-FR', 'zh-CN', '选一张照片'],
] as const) {
  test.describe(`a browser that speaks ${locale}`, () => {
    test.use({ locale });

    test(`gets ${lang} at first, and nothing on the first screen that only its makers know`, async ({
      shiwu,
      page,
    }) => {
      await shiwu.openReady();
      await expect(page.locator('html')).toHaveAttribute('lang', lang);
      await expect(shiwu.pick).toHaveText(pick);
      await expect(page.locator('body')).not.toContainText(/EfficientNet|\.onnx|unknown/i);
    });
  });
}
