// Kinds of models that people bring: yes or no, weights in a second file, lists of maps; and label tables.
import type { Page } from '@playwright/test';
import expected from '../fixtures/models/expected.json' with { type: 'json' };
import { expectClean } from './support/axe.js';
import { chelsea } from './support/photos.js';
import { type Upload, upload } from './support/shiwu-page.js';
import { expect, test } from './support/test.js';

test.use({ contextOptions: { reducedMotion: 'reduce' } });

const fixture = (name: string) =>
  upload(new URL(`../fixtures/models/${name}`, import.meta.url), '');
const file = (name: string, body: string | Buffer): Upload => ({
  name,
  mimeType: '',
  buffer: Buffer.from(body as string),
});

const sheet = (page: Page) => page.getByTestId('own-sheet');
const labels = (page: Page) => page.getByTestId('own-labels');
const read = (page: Page) => page.getByTestId('own-labels-read');
const notes = (page: Page) => page.getByTestId('own-labels-notes');

/** NumPy's, for the cat; the page rounds them to whole percents. */
const { yes, classes } = expected.chelsea;
const percent = (score: number) => `${(100 * score).toFixed(score < 0.1 ? 1 : 0)}%`;
const NAMES = ['猫', '狗', '杯子', '自行车'];

for (const kind of ['yes-no', 'yes-no-logit']) {
  test(`${kind}: its number is the score, with one name, two or none`, async ({ shiwu, page }) => {
    await shiwu.openReady();
    await shiwu.drop(fixture(`${kind}.onnx`), chelsea);
    await expect(sheet(page)).toBeVisible();
    await expect(page.getByTestId('own-facts')).toContainText(
      kind === 'yes-no' ? 'float32 [N, 1] · sigmoid' : /float32 \[N, 1\]大小/,
    );
    await expect(read(page)).toHaveText('没写名称，就叫“否”和“是”。');
    await labels(page).fill('甲\n乙\n丙');
    await expect(read(page)).toContainText('读到 3 个名称');
    await expect(page.getByTestId('own-use')).toBeDisabled();
    await labels(page).fill('狗');
    await expect(notes(page)).toHaveText('模型给的数就是「狗」的把握。');
    await expectClean(page);
    await page.getByTestId('own-use').click();
    await expect(shiwu.ownModel).toContainText('1 类');
    await expect(shiwu.candidates).toHaveCount(1);
    await expect(shiwu.candidates.first()).toContainText('狗');
    await expect(shiwu.candidates.first()).toContainText(percent(yes));

    await page.getByTestId('own-details').click();
    await page.getByTestId('answer-again').click();
    await labels(page).fill('猫\n狗');
    await expect(notes(page)).toContainText('是「狗」的把握，剩下的归「猫」');
    await page.getByTestId('own-use').click();
    await expect(shiwu.candidates).toHaveCount(2);
    await expect(shiwu.candidates.first()).toContainText(percent(yes));
    await expect(shiwu.candidates.nth(1)).toContainText(percent(1 - yes));
    await expect(shiwu.candidates.nth(1)).toContainText('猫');

    await page.getByTestId('own-details').click();
    await page.getByTestId('answer-again').click();
    await labels(page).fill('');
    await page.getByTestId('own-use').click();
    await expect(shiwu.headline).toContainText('是');
    await expect(shiwu.candidates.nth(1)).toContainText('否');
  });
}

test('weights in a second file: named, then both dropped together, and both are kept', async ({
  shiwu,
  page,
}) => {
  const [model, data] = [fixture('outside.onnx'), fixture('outside.onnx.data')];
  await shiwu.openReady();
  await shiwu.drop(model);
  await expect(shiwu.refusal).toHaveAttribute('data-error-code', 'missing-weights');
  await expect(shiwu.refusal).toContainText('权重在另一个文件 outside.onnx.data 里');
  await shiwu.drop(model, data, chelsea);
  await expect(shiwu.refusal).toHaveCount(0);
  await expect(sheet(page)).toBeVisible();
  await labels(page).fill(NAMES.join('\n'));
  await page.getByTestId('own-use').click();
  await expect(shiwu.ownModel).toContainText('outside');
  const cat = shiwu.candidates.first();
  await expect(cat).toContainText(new RegExp(`猫\\s*${percent(classes[0] as number)}`));

  await page.reload();
  await expect(shiwu.ownModel).toContainText('outside');
  await shiwu.drop(chelsea);
  await expect(cat).toContainText(new RegExp(`猫\\s*${percent(classes[0] as number)}`));
});

test('a folder with a model, its weights, its names and photos is taken apart', async ({
  shiwu,
  page,
}) => {
  const into = (each: Upload, path: string): Upload => ({ ...each, name: `模型/${path}` });
  await shiwu.openReady();
  await shiwu.dropFolder(
    into(fixture('outside.onnx'), 'outside.onnx'),
    into(fixture('outside.onnx.data'), 'outside.onnx.data'),
    into(file('names.txt', NAMES.join('\n')), 'names.txt'),
  );
  await expect(labels(page)).toHaveValue(NAMES.join('\n'));
  await page.getByTestId('own-use').click();
  await expect(shiwu.ownModel).toContainText('4 类');
  await expect(shiwu.pick).toBeVisible(); // nothing went to the album

  await shiwu.dropFolder(
    into(fixture('nchw.onnx'), 'nchw.onnx'),
    into(file('names.txt', NAMES.join('\n')), 'names.txt'),
    into(chelsea, '照片/chelsea.png'),
  );
  await page.getByTestId('own-use').click();
  await expect(page.getByTestId('album')).toHaveAttribute('data-count', '1');
  await expect(page.getByTestId('cell')).toHaveAttribute('data-file', '模型/照片/chelsea.png');
});

test('the second file alone, after the first; and both picked', async ({ shiwu, page }) => {
  const [model, data] = [fixture('outside.onnx'), fixture('outside.onnx.data')];
  await shiwu.openReady();
  await shiwu.drop(model);
  await expect(shiwu.refusal).toBeVisible();
  await shiwu.drop({ ...data, name: '权重 (1).data' });
  await expect(sheet(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await page
    .getByTestId('model-input')
    .setInputFiles([model, data, file('names.txt', NAMES.join('\n'))]);
  await expect(labels(page)).toHaveValue(NAMES.join('\n'));
  await page.getByTestId('own-use').click();
  await expect(shiwu.ownModel).toContainText('4 类');
});

test('Custom Vision: names and pixels are in the file, nothing is asked', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady();
  await shiwu.drop(fixture('custom-vision.onnx'), chelsea);
  await expect(shiwu.ownModel).toContainText('4 类');
  await expect(sheet(page)).toBeHidden();
  await expect(shiwu.candidates).toHaveCount(4);
  await expect(shiwu.candidates.filter({ hasText: 'bicycle' })).toHaveCount(1);
});

test('a table in GBK is read, put in order, and what was read is said', async ({ shiwu, page }) => {
  await shiwu.openReady();
  // 编号,名称 / 4,自行车 / 1,猫 / 3,杯子 / 2,猫 in GBK, by Python's codec.
  const table = 'b1e0bac52cc3fbb3c60a342cd7d4d0d0b3b50a312cc3a80a332cb1add7d30a322cc3a80a';
  await shiwu.drop(fixture('nchw.onnx'), file('labels.csv', Buffer.from(table, 'hex')));
  await expect(read(page)).toHaveText('读到 4 个：猫、猫 2、杯子、自行车');
  await expect(notes(page).locator('li')).toHaveText([
    /不是 UTF-8.*GB18030/,
    '名称取自「名称」一列，按「编号」排好了。',
    /编号是从 1 到 4，不是从 0 开始/,
    '有 1 个重名，后面加了编号。',
  ]);
  await expectClean(page);
  await labels(page).fill('甲\n乙\n丙\n丁');
  await expect(notes(page)).toHaveCount(0);
});
