import { expectClean } from './support/axe.js';
import { BAD_FILES, INCOMPLETE, os2Runs } from './support/bad-files.js';
import { CATS, chelsea, jpeg } from './support/photos.js';
import { expect, test } from './support/test.js';

for (const { file, code } of BAD_FILES) {
  test(`${file.name} is refused at once, and the next photo works`, async ({ shiwu, page }) => {
    await shiwu.openReady();
    const start = Date.now();
    await shiwu.drop(file);
    await expect(shiwu.error).toHaveAttribute('data-error-code', code);
    expect(Date.now() - start).toBeLessThan(1000);
    await expect(shiwu.error).toContainText(/\p{Script=Han}.*[。！]/u);
    await expect(shiwu.error).toContainText(/[A-Z][a-z]+/);
    await expect(page.getByTestId('alert')).toHaveText(/\p{Script=Han}/u);
    const dialog = page.waitForEvent('filechooser');
    await page.getByTestId('another').click();
    await (await dialog).setFiles(chelsea);
    expect(CATS).toContain(await shiwu.firstClass());
  });
}

test('a photo that breaks off is named from what is there, and said to be incomplete', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady();
  await shiwu.drop(jpeg);
  const whole = await shiwu.firstClass();
  await expect(page.getByTestId('incomplete')).toHaveCount(0);
  await shiwu.drop(INCOMPLETE);
  await expect(page.getByTestId('incomplete')).toBeVisible();
  expect(await shiwu.firstClass()).toBe(whole);
  await expectClean(page);
});

test('what only the browser can read is read by the browser', async ({ shiwu }) => {
  await shiwu.openReady();
  await shiwu.drop(os2Runs());
  expect(await shiwu.firstClass()).toMatch(/^n\d{8}$/);
});
