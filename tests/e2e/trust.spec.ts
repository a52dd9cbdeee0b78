import { expectClean } from './support/axe.js';
import { coffee } from './support/photos.js';
import { expect, test } from './support/test.js';

test.use({ contextOptions: { reducedMotion: 'reduce' } });

test('the promise can be asked for its proof: the rule in force, and every request', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady();
  await shiwu.drop(coffee);
  await shiwu.answer.waitFor();
  await page.getByTestId('trust-line').click();
  const sheet = page.getByTestId('trust-sheet');
  await expect(sheet.getByTestId('policy')).toContainText("connect-src 'self'");
  await expect(sheet.getByTestId('requests')).toHaveAttribute('data-foreign', '0');
  const own = Number(await sheet.getByTestId('requests').getAttribute('data-own'));
  expect(own).toBeGreaterThan(5);
  await expectClean(page);
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('trust-line')).toBeFocused();
});

test('the model card: facts of the model at work, how good it is, where it fails', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady('./#settings');
  await page.getByTestId('open-card').click();
  const sheet = page.getByTestId('card-sheet');
  await expect(sheet.getByTestId('card-facts')).toContainText('Apache-2.0');
  await expect(sheet.getByTestId('card-facts')).toContainText('1000 类');
  await expect(sheet).toContainText('265');
  await expectClean(page);
  await page.keyboard.press('Escape');
  await page.locator('input[data-testid=language-en]').check();
  await page.getByTestId('open-card').click();
  await expect(sheet).toContainText('What it is not good at');
});
