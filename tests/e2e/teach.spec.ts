import { readFileSync } from 'node:fs';
import type { Download, Page } from '@playwright/test';
import { expectClean } from './support/axe.js';
import { GARBAGE } from './support/bad-files.js';
import { chelsea, coffee, jpeg } from './support/photos.js';
import type { ShiwuPage, Upload } from './support/shiwu-page.js';
import { expect, test } from './support/test.js';

test.use({ contextOptions: { reducedMotion: 'reduce' } });

const MINE = 'taught:豆豆';
const CUP = 'taught:我的杯子';

const sheet = (page: Page) => page.getByTestId('lessons-sheet');
const status = (page: Page) => page.getByTestId('lesson-status');
const rows = (page: Page) => page.getByTestId('taught-row');
const row = (page: Page, name: string) =>
  page.locator(`[data-testid=taught-row][data-name="${name}"]`);
const firstIs = (shiwu: ShiwuPage, id: string) =>
  expect(shiwu.candidates.first()).toHaveAttribute('data-class-id', id);

async function name(shiwu: ShiwuPage, photo: Upload): Promise<void> {
  await shiwu.drop(photo);
  await expect(shiwu.root).toHaveAttribute('data-state', 'done');
}

/** Says what the photo on the table is, and has it remembered. */
async function teachHere(shiwu: ShiwuPage, called: string): Promise<void> {
  const { page } = shiwu;
  await page.getByTestId('doubt').click();
  // One types at once; of fingers a keyboard would cover the names to choose among.
  const fingers = await page.evaluate(() => matchMedia('(pointer: coarse)').matches);
  const field = page.getByTestId('doubt-name');
  if (fingers) await expect(field).not.toBeFocused();
  else await expect(field).toBeFocused();
  await field.fill(called);
  await page.getByTestId('doubt-teach').click();
  await expect(page.getByTestId('doubt-sheet')).toBeHidden();
}

async function openLessons(page: Page): Promise<void> {
  await page.getByTestId('doubt').click();
  await page.getByTestId('doubt-lessons').click();
  await sheet(page).waitFor();
}

/** Both things, from one photo each. */
async function teachBoth(shiwu: ShiwuPage): Promise<void> {
  await shiwu.openReady();
  await name(shiwu, chelsea);
  await teachHere(shiwu, '豆豆');
  await firstIs(shiwu, MINE);
  await name(shiwu, coffee);
  await teachHere(shiwu, '我的杯子');
  await firstIs(shiwu, CUP);
}

async function bytesOf(download: Download): Promise<Buffer> {
  return readFileSync(await download.path());
}

test('two things are taught, answered, and there again after a reload', async ({ shiwu, page }) => {
  await teachBoth(shiwu);
  await expect(shiwu.headline).toContainText('我的杯子');
  await expect(page.getByTestId('path')).toHaveText('你教的');
  // The same cup, as another file.
  await name(shiwu, jpeg);
  await firstIs(shiwu, CUP);
  await name(shiwu, chelsea);
  await firstIs(shiwu, MINE);
  await expect(shiwu.candidates.first()).toContainText('你教的');

  await shiwu.openReady();
  await name(shiwu, chelsea);
  await firstIs(shiwu, MINE);
  await expect(page.getByTestId('path')).toHaveText('你教的');
  // Where it looked is told of what the network itself knows.
  await expect(shiwu.candidates.first().getByTestId('candidate-look')).toHaveCount(0);
  await page.getByTestId('tool-where').click();
  await expect(page.getByTestId('where-map')).toHaveAttribute('data-painted', /^n\d+$/);

  // In the album every worker knows.
  await page.getByTestId('place-album').click();
  const copies = Array.from({ length: 6 }, (_, i) => ({ ...chelsea, name: `${i}.png` }));
  await page.getByTestId('pick-photos-input').setInputFiles(copies);
  await expect(page.getByTestId('cell').filter({ hasText: '豆豆' })).toHaveCount(6);
});

test('what was just taught is taken back where it is said, and stays so', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady();
  await name(shiwu, chelsea);
  const before = await shiwu.candidates.first().getAttribute('data-class-id');
  await teachHere(shiwu, '豆豆');
  await firstIs(shiwu, MINE);
  await expect(page.getByTestId('undo-text')).toHaveText(
    '记住了「豆豆」。看过 1 张，大约 100 次能认对 77 次。再加 2 张，大约 86 次。',
  );
  await page.getByTestId('undo-removal').click();
  await firstIs(shiwu, before ?? '');
  await expect(page.getByTestId('notice')).toHaveText('已撤销。');
  // The photo stays where it is.
  await expect(shiwu.root).toHaveAttribute('data-state', 'done');
  await page.reload();
  await page.getByTestId('place-settings').click();
  await expect(page.getByTestId('storage-taught')).toContainText('0 样');
});

test('said to be learnt, it is there after a reload at that very moment', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady();
  await name(shiwu, chelsea);
  await page.evaluate(() => {
    new MutationObserver(() => {
      const said = document.querySelector('[data-testid=undo-text]')?.textContent;
      if (said?.includes('记住了')) location.reload();
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
  });
  const reloaded = page.waitForEvent('load');
  await page.getByTestId('doubt').click();
  await page.getByTestId('doubt-name').fill('豆豆');
  await page.getByTestId('doubt-teach').click();
  await reloaded;
  await page.locator('[data-testid=page][data-model=ready]').waitFor();
  await name(shiwu, chelsea);
  await firstIs(shiwu, MINE);
});

test('another name for this once, found by everyday words, undone and redone', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady();
  await name(shiwu, chelsea);
  const before = await shiwu.firstClass();
  await page.getByTestId('doubt').click();
  const choices = page.getByTestId('doubt-choice');
  await expect(choices.first()).toBeVisible();
  for (const text of ['狗', 'gou', 'dog']) {
    await page.getByTestId('doubt-name').fill(text);
    await expect(choices.first()).toHaveText('狗');
  }
  await page.getByTestId('doubt-name').fill('金毛');
  await choices.filter({ hasText: '金毛寻回犬' }).click();
  await expect(page.getByTestId('doubt-name')).toHaveValue('金毛寻回犬');
  await page.getByTestId('doubt-only').click();
  await expect(shiwu.headline).toContainText(/这是.*金毛寻回犬/);
  await expect(page.getByTestId('path')).toContainText('狗');
  await expect(shiwu.candidates.first()).toContainText('你说的');
  await expect(page.locator('.label')).toBeFocused();
  await page.getByTestId('tool-undo').click();
  await expect(shiwu.candidates.first()).toHaveAttribute('data-class-id', before ?? '');
  await page.getByTestId('tool-redo').click();
  await expect(shiwu.headline).toContainText('金毛寻回犬');
  // Or a box says what is meant.
  await page.getByTestId('doubt').click();
  await page.getByTestId('doubt-box').click();
  await expect(page.getByTestId('region-layer')).toHaveAttribute('data-choosing', 'true');
  await expect(page.getByTestId('region-layer')).toBeFocused();
});

test('the sheet learns from many photos, says what more would bring, and names what it cannot read', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady('./#settings');
  await page.getByTestId('open-lessons').click();
  const hint = page.getByTestId('examples-shown-hint');
  await expect(hint).toContainText('1 到 20 张');
  await page.getByTestId('learn').click();
  await expect(status(page)).toHaveText('先起个名字。');
  await page.getByTestId('lesson-name').fill('我的杯子');
  await page.getByTestId('learn').click();
  await expect(status(page)).toHaveText('先放一张照片。');
  await shiwu.drop(coffee);
  await expect(hint).toHaveText('看过 1 张，大约 100 次能认对 77 次。再加 2 张，大约 86 次。');
  await page.getByTestId('examples-shown-input').setInputFiles([jpeg, GARBAGE.file]);
  await expect(hint).toContainText('86 次。再加 2 张，大约 90 次');
  const many = Array.from({ length: 20 }, (_, i) => ({ ...jpeg, name: `${i}.jpg` }));
  await page.getByTestId('examples-shown-input').setInputFiles(many);
  await expect(page.getByTestId('example')).toHaveCount(20);
  await expect(status(page)).toContainText('多出的 3 张');
  for (let i = 20; i > 3; i--) await page.getByRole('button', { name: `拿掉第 ${i} 张` }).click();
  await page.locator('.lesson-not summary').click();
  await page.getByTestId('examples-not-input').setInputFiles(chelsea);
  await page.getByTestId('learn').click();
  await expect(status(page)).toHaveText(
    '学会了「我的杯子」，看了 3 张。有 1 张没法学，留在上面了。',
  );
  await expect(page.getByTestId('example')).toHaveCount(1);
  await expect(page.getByTestId('example-problem')).not.toBeEmpty();
  await expect(row(page, '我的杯子')).toContainText('2 张、另有 1 张不是');
  await page.getByTestId('lessons-sheet').getByRole('button', { name: '关闭' }).click();
  await page.getByTestId('place-photo').click();
  await name(shiwu, coffee);
  await firstIs(shiwu, CUP);
  // It is one no more when it is said not to be.
  await page.getByTestId('doubt').click();
  await expect(page.getByTestId('doubt-not')).toContainText('我的杯子');
});

test('renamed, made one, forgotten: each can be undone', async ({ shiwu, page }) => {
  await teachBoth(shiwu);
  await openLessons(page);
  await expect(rows(page)).toHaveCount(2);
  await row(page, '豆豆').getByTestId('taught-rename').click();
  await page.getByTestId('rename-to').fill('咪咪');
  await page.getByTestId('rename-do').click();
  await expect(page.getByTestId('taught-undo')).toContainText('「豆豆」改叫「咪咪」了');
  await row(page, '咪咪').getByTestId('taught-rename').click();
  await page.getByTestId('rename-to').fill('我的杯子');
  await expect(page.getByTestId('rename-do')).toHaveText('并入「我的杯子」');
  await page.getByTestId('rename-do').click();
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText('2 张');
  await page.getByTestId('undo-lesson').click();
  await expect(rows(page)).toHaveCount(2);
  await row(page, '我的杯子').getByTestId('taught-forget').click();
  await expect(rows(page)).toHaveCount(1);
  await expect(shiwu.candidates.first()).not.toHaveAttribute('data-class-id', CUP);
  await page.getByTestId('undo-lesson').click();
  await expect(rows(page)).toHaveCount(2);
  await firstIs(shiwu, CUP);
  // What was undone is kept as well.
  await shiwu.openReady();
  await name(shiwu, coffee);
  await firstIs(shiwu, CUP);
  await openLessons(page);
  await expect(rows(page)).toHaveCount(2);
});

test('one file takes it elsewhere: saved, all erased, dropped on the page', async ({
  shiwu,
  page,
}) => {
  await teachBoth(shiwu);
  await openLessons(page);
  const saving = page.waitForEvent('download');
  await page.getByTestId('taught-export').click();
  const download = await saving;
  expect(download.suggestedFilename()).toMatch(/^识物-教过的-\d{4}-\d\d-\d\d\.shiwu$/);
  const buffer = await bytesOf(download);
  await page.keyboard.press('Escape');
  await page.getByTestId('place-settings').click();
  await expect(page.getByTestId('storage-taught')).toContainText('2 样');
  await page.getByTestId('erase-taught').click();
  await page.getByTestId('erase-taught-yes').click();
  await expect(page.getByTestId('storage-taught')).toContainText('0 样');
  await shiwu.openReady();
  await name(shiwu, coffee);
  await expect(shiwu.candidates.first()).not.toHaveAttribute('data-class-id', CUP);
  const file = { name: 'x.shiwu', mimeType: '', buffer };
  await shiwu.drop(file);
  await expect(page.getByTestId('live')).toContainText('读入了：豆豆、我的杯子。');
  await firstIs(shiwu, CUP);

  // What cannot be read is refused in a sentence, and nothing changes.
  await openLessons(page);
  const input = page.getByTestId('taught-input');
  const newer = Buffer.from(buffer);
  newer.writeUInt32LE(2, 4);
  await input.setInputFiles({ ...file, buffer: newer });
  await expect(status(page)).toContainText('不是识物导出的学习记录');
  // The model's name stands behind 20 bytes: "shiwu…" becomes "Shiwu…".
  const other = Buffer.from(buffer);
  other[20] = (other[20] ?? 0) ^ 32;
  await input.setInputFiles({ ...file, buffer: other });
  await expect(status(page)).toHaveText('这个文件是教给另一个模型的，换到那个模型再读入。');
  await expect(rows(page)).toHaveCount(2);
});

test('a model with it inside: saved, dropped on the page where nothing was taught, it knows', async ({
  shiwu,
  page,
  browser,
}) => {
  await teachBoth(shiwu);
  await openLessons(page);
  const saving = page.waitForEvent('download');
  await page.getByTestId('taught-bake').click();
  const download = await saving;
  expect(download.suggestedFilename()).toMatch(/^识物-我的模型-\d{4}-\d\d-\d\d\.onnx$/);
  const model = { name: 'mine.onnx', mimeType: '', buffer: await bytesOf(download) };
  const elsewhere = await browser.newContext({ locale: 'zh-CN' });
  try {
    const { ShiwuPage } = await import('./support/shiwu-page.js');
    const other = new ShiwuPage(await elsewhere.newPage());
    await other.openReady(page.url());
    await other.drop(model);
    await expect(other.ownModel).toContainText('1002 类');
    await name(other, coffee);
    await expect(other.candidates.first()).toContainText('我的杯子');
  } finally {
    await elsewhere.close();
  }
});

test('another tab takes the lesson in, and neither loses what the other teaches', async ({
  shiwu,
  page,
  context,
}) => {
  await shiwu.openReady();
  await name(shiwu, chelsea);
  const { ShiwuPage } = await import('./support/shiwu-page.js');
  const other = new ShiwuPage(await context.newPage());
  await other.openReady();
  await name(other, coffee);
  await Promise.all([teachHere(shiwu, '豆豆'), teachHere(other, '我的杯子')]);
  await firstIs(shiwu, MINE);
  await firstIs(other, CUP);
  for (const each of [shiwu, other]) {
    await openLessons(each.page);
    await expect(rows(each.page)).toHaveCount(2);
  }
  await row(other.page, '豆豆').getByTestId('taught-forget').click();
  await expect(rows(page)).toHaveCount(1);
  await expect(shiwu.candidates.first()).not.toHaveAttribute('data-class-id', MINE);
});

test('lessons are of their model: another one leaves them be, and says so', async ({
  shiwu,
  page,
}) => {
  await teachBoth(shiwu);
  await page.getByTestId('place-settings').click();
  await page.getByTestId('model-accurate').check();
  await expect(page.getByTestId('model-accurate')).toBeEnabled();
  await page.getByTestId('open-lessons').click();
  await expect(page.getByTestId('taught-elsewhere')).toContainText('豆豆、我的杯子是教给');
  await expect(rows(page)).toHaveCount(0);
  await page.keyboard.press('Escape');
  await page.getByTestId('model-fast').check();
  await expect(page.getByTestId('model-fast')).toBeEnabled();
  await page.getByTestId('place-photo').click();
  await firstIs(shiwu, CUP);
});

test('by the keyboard alone', async ({ shiwu, page, isMobile }) => {
  test.skip(isMobile, 'a phone has no keyboard to walk with');
  await shiwu.openReady();
  await name(shiwu, chelsea);
  await page.getByTestId('doubt').focus();
  await page.keyboard.press('Enter');
  await page.getByTestId('doubt-sheet').waitFor();
  // What it asks can be answered at once.
  await expect(page.getByTestId('doubt-name')).toBeFocused();
  await page.keyboard.type('豆豆');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('doubt-sheet')).toBeHidden();
  await firstIs(shiwu, MINE);
  await expect(page.locator('.label')).toBeFocused();
  await openLessons(page);
  await row(page, '豆豆').getByTestId('taught-rename').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('rename-to')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(sheet(page)).toBeVisible();
  await expect(row(page, '豆豆').getByTestId('taught-rename')).toBeVisible();
  await row(page, '豆豆').getByTestId('taught-forget').focus();
  await page.keyboard.press('Enter');
  await expect(rows(page)).toHaveCount(0);
  await page.keyboard.press('Tab');
  await expect(page.getByTestId('undo-lesson')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(rows(page)).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(sheet(page)).toBeHidden();
});

test('axe finds nothing', async ({ shiwu, page }) => {
  await shiwu.openReady();
  await name(shiwu, chelsea);
  await page.getByTestId('doubt').click();
  await page.getByTestId('doubt-name').fill('豆豆');
  await expectClean(page);
  await page.getByTestId('doubt-teach').click();
  await firstIs(shiwu, MINE);
  await expectClean(page);
  await openLessons(page);
  await shiwu.drop(coffee);
  await page.getByTestId('example').waitFor();
  await row(page, '豆豆').getByTestId('taught-rename').click();
  await expectClean(page);
  await page.keyboard.press('Escape');
  await row(page, '豆豆').getByTestId('taught-forget').click();
  await page.getByTestId('undo-lesson').waitFor();
  await expectClean(page);
});
