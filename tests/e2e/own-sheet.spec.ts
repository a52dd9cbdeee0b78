// A model whose file does not say everything: what is missing is asked for, once.
import { createHash } from 'node:crypto';
import type { Page } from '@playwright/test';
import { expectClean } from './support/axe.js';
import { CATS, chelsea } from './support/photos.js';
import { heart, plainShapes, shapes, star } from './support/shapes.js';
import { type Upload, upload } from './support/shiwu-page.js';
import { expect, test } from './support/test.js';

test.use({ contextOptions: { reducedMotion: 'reduce' } });

const model = (name: string) =>
  upload(new URL(`../fixtures/models/${name}.onnx`, import.meta.url), '');

/** In the order of the network's output, as shapes.onnx has them. */
const NAMES = ['圆', '三角', '方', '五角星', '十字', '爱心'];
const text = (name: string, body: string | Buffer): Upload => ({
  name,
  mimeType: 'text/plain',
  buffer: Buffer.from(body as string),
});

const sheet = (page: Page) => page.getByTestId('own-sheet');
const read = (page: Page) => page.getByTestId('own-labels-read');

/** The network learnt from pixels of −1 to 1: mean and deviation 0.5 in tests/fixtures/shapes/shapes.onnx. */
async function sayTheRest(page: Page) {
  await page.getByTestId('own-pixels-symmetric').check();
}

test('what the file does not say is asked for, and the model then names', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady();
  await shiwu.drop(plainShapes);
  await expect(sheet(page)).toBeVisible();
  const sha256 = createHash('sha256').update(plainShapes.buffer).digest('hex');
  await expect(page.getByTestId('own-facts')).toContainText(sha256);
  await expect(page.getByTestId('own-facts')).toContainText(/float32 \[.*3, .*\]/);
  await expect(page.getByTestId('own-use')).toBeDisabled();
  await page.getByTestId('own-labels').fill(NAMES.slice(1).join('\n'));
  await expect(read(page)).toContainText('读到 5 个名称，可是网络分 6 类');
  await page.getByTestId('own-labels').fill(NAMES.join('\n'));
  await expect(read(page)).toContainText('读到 6 个：圆、三角、方、五角星……');
  await sayTheRest(page);
  await page.getByTestId('own-use').click();
  await expect(sheet(page)).toBeHidden();
  await expect(shiwu.ownModel).toContainText(/plain ?6 类/);
  await shiwu.drop(star);
  await expect(shiwu.headline).toContainText('五角星');
  await page.getByTestId('own-details').click();
  await expect(page.getByTestId('card-facts')).toContainText(sha256);
});

test('labels dropped with the model are filled in, whatever their encoding, and remembered', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady();
  // 圆 三角 方 五角星 十字 爱心 in GB 18030, as old Windows programs save it.
  const gb = Buffer.from('d4b20ac8fdbdc70ab7bd0acee5bdc7d0c70acaaed7d60ab0aed0c40a', 'hex');
  await shiwu.drop(plainShapes, text('labels.txt', gb));
  await expect(page.getByTestId('own-labels')).toHaveValue(`${NAMES.join('\n')}\n`);
  await sayTheRest(page);
  await page.getByTestId('own-use').click();
  await expect(shiwu.ownModel).toContainText('plain');

  await page.getByTestId('default-model').click();
  await expect(shiwu.ownModel).toHaveCount(0);
  await shiwu.drop(plainShapes, heart);
  await expect(shiwu.headline).toContainText('爱心');
  await expect(sheet(page)).toBeHidden();
});

test('the model comes back with the next visit, until it is erased', async ({ shiwu, page }) => {
  await shiwu.openReady();
  await shiwu.drop(shapes);
  await expect(shiwu.ownModel).toBeVisible();
  await page.reload();
  await expect(shiwu.ownModel).toContainText('图形识别');
  await shiwu.drop(star);
  expect(await shiwu.firstClass()).toBe('star');

  await page.getByTestId('place-settings').click();
  await expect(page.getByTestId('model-own')).toBeChecked();
  await expect(page.getByTestId('storage-own')).toContainText('kB');
  await page.getByTestId('erase-own').click();
  await page.getByTestId('erase-own-yes').click();
  await expect(page.getByTestId('storage-own')).toHaveCount(0);
  await expect(page.getByTestId('model-fast')).toBeChecked();
  await page.reload();
  await expect(page.getByTestId('storage-model')).toContainText('B'); // all that is kept has been looked for
  await expect(page.getByTestId('model-own')).toHaveCount(0);
});

test('a label file is dropped onto the sheet; a damaged one is explained', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady();
  await shiwu.drop(plainShapes);
  await expect(sheet(page)).toBeVisible();
  await shiwu.drop(text('labels.json', '["圆", "三角"'));
  await expect(read(page)).toHaveText('这个 JSON 不完整，读不出来。');
  await shiwu.drop(text('labels.json', JSON.stringify(['圆', '三角', '方', '', '十字', '心'])));
  await expect(read(page)).toHaveText('编号 3 的类别没有名称。');
  const [file] = [text('labels.csv', `index,zh\n${NAMES.map((n, i) => `${i},${n}`).join('\n')}`)];
  await page.getByTestId('own-labels-input').setInputFiles(file as Upload);
  await expect(read(page)).toContainText('读到 6 个');
  await expect(page.getByTestId('own-use')).toBeEnabled();
});

test('a network of any size asks for one; its numbers do for names; wrong answers come back', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady();
  await shiwu.drop(model('any-size'));
  await page.getByTestId('own-numbers').click();
  await page.getByTestId('own-side').fill('32');
  await page.getByTestId('own-use').click();
  await expect(shiwu.ownModel).toContainText('4 类');
  await shiwu.drop(chelsea);
  await expect(shiwu.candidates.first()).toContainText('第');

  await page.getByTestId('own-details').click();
  await page.getByTestId('answer-again').click();
  await expect(page.getByTestId('own-labels')).toHaveValue(/第 3 类$/);
  await page.getByTestId('own-labels').fill('0\n1\n2\n3');
  await page.getByTestId('own-use').click();
  await expect(sheet(page)).toBeHidden();
  await expect(shiwu.candidates.first()).not.toContainText('第');

  // Two outputs, neither of them known to hold the scores: nothing that is written here will do.
  await shiwu.drop(model('two-scores'));
  await page.getByTestId('own-labels').fill('甲\n乙\n丙\n丁');
  await page.getByTestId('own-use').click();
  await expect(page.getByTestId('own-problem')).toContainText('which output holds their scores');
  await expect(page.getByTestId('own-labels')).toHaveValue(/丁$/);
  await page.keyboard.press('Escape');
  await expect(shiwu.ownModel).toContainText('any-size');
});

test('left unanswered, the former model goes on', async ({ shiwu, page }) => {
  await shiwu.openReady();
  await shiwu.drop(plainShapes, chelsea);
  await expect(sheet(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(sheet(page)).toBeHidden();
  await expect(shiwu.ownModel).toHaveCount(0);
  expect(CATS).toContain(await shiwu.firstClass());
  await expect.poll(() => page.workers().length).toBe(1);
});

test('a network that takes no picture is refused, not asked about', async ({ shiwu, page }) => {
  await shiwu.openReady();
  await shiwu.drop(model('two-inputs'));
  await expect(shiwu.refusal).toHaveAttribute('data-error-code', 'model-mismatch');
  await expect(sheet(page)).toBeHidden();
});

test('the whole of it by keyboard', async ({ shiwu, page }) => {
  await shiwu.openReady();
  await shiwu.drop(plainShapes);
  await expect(sheet(page)).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByTestId('own-labels')).toBeFocused();
  await page.keyboard.insertText(NAMES.join('\n'));
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByTestId('own-pixels-symmetric')).toBeChecked();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(page.getByTestId('own-use')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(shiwu.ownModel).toContainText('plain');
});

test('axe finds nothing in the sheet', async ({ shiwu, page }) => {
  await shiwu.openReady();
  await shiwu.drop(model('any-size'));
  await expect(sheet(page)).toBeVisible();
  await expectClean(page);
  await page.getByTestId('own-labels').fill('一\n二');
  await sheet(page).locator('summary').click();
  await expectClean(page);
  await page.getByTestId('own-numbers').click();
  await page.getByTestId('own-side').fill('32');
  await page.getByTestId('own-use').click();
  await page.getByTestId('own-details').click();
  await expect(page.getByTestId('card-facts')).toBeVisible();
  await expectClean(page);
});
