import { expectClean } from './support/axe.js';
import { BAD_FILES, HUGE, INCOMPLETE, large, os2Runs } from './support/bad-files.js';
import { CATS, chelsea, jpeg } from './support/photos.js';
import { expect, test } from './support/test.js';

for (const { file, code } of BAD_FILES) {
  test(`${file.name} is refused, and the next photo works`, async ({ shiwu, page }) => {
    await shiwu.openReady();
    await shiwu.drop(file);
    await expect(shiwu.error).toHaveAttribute('data-error-code', code);
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

test('a photo over the limit is opened all the same when that is wished, with a region of it', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady('./#settings');
  await expect(page.getByTestId('pixels-200')).toBeChecked();
  await page.getByTestId('pixels-50').check();
  await page.reload(); // remembered
  await expect(page.getByTestId('pixels-50')).toBeChecked();
  await page.getByTestId('place-photo').click();
  await shiwu.drop(large());
  await expect(shiwu.error).toHaveAttribute('data-error-code', 'image-too-large');
  await expect(shiwu.error).toContainText('超过了设置里的上限');
  await expect(shiwu.error).toContainText('than the limit in Settings');
  await expect(page.getByTestId('another')).toBeVisible();
  await expectClean(page);
  await page.getByTestId('open-anyway').click();
  expect(await shiwu.firstClass()).toMatch(/^n\d{8}$/);
  // Named again, as another model's turn or a region of it does: not refused any more.
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+Shift+z');
  expect(await shiwu.firstClass()).toMatch(/^n\d{8}$/);

  await page.getByTestId('place-settings').click();
  await page.getByTestId('pixels-none').check();
  await page.getByTestId('place-photo').click();
  await shiwu.drop(large('other.png'));
  expect(await shiwu.firstClass()).toMatch(/^n\d{8}$/);
});

test('what cannot be opened without a limit either is not offered again', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady();
  await shiwu.drop(HUGE.file);
  await page.getByTestId('open-anyway').click();
  await expect(shiwu.error).not.toContainText('超过了设置里的上限');
  await expect(shiwu.error).toBeVisible();
  await expect(page.getByTestId('open-anyway')).toHaveCount(0);
});

test('the album opens one that is over the limit as well', async ({ shiwu, page }) => {
  await shiwu.openReady('./#settings');
  await page.getByTestId('pixels-50').check();
  await page.goto('./#album');
  await page.getByTestId('pick-photos-input').setInputFiles([large()]);
  await page.getByTestId('cell').click();
  await expect(page.getByTestId('photo-dialog')).toContainText('超过了设置里的上限');
  await page.getByTestId('open-anyway').click();
  await expect(page.getByTestId('guess')).toHaveCount(5);
  await expect(page.getByTestId('open-anyway')).toHaveCount(0);
});

test('what only the browser can read is read by the browser', async ({ shiwu }) => {
  await shiwu.openReady();
  await shiwu.drop(os2Runs());
  expect(await shiwu.firstClass()).toMatch(/^n\d{8}$/);
});
