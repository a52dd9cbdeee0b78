// A model that a visitor puts in: tests/python/test_own_model.py runs this with one fresh from PyTorch.
import { expectClean } from './support/axe.js';
import { CATS, CUPS, chelsea } from './support/photos.js';
import { altered, BAD_MODELS, heart, shapes, star, withMetadata } from './support/shapes.js';
import { expect, test } from './support/test.js';

const [GARBAGE] = BAD_MODELS;

test('a model is dropped, then a drawing, and the model names it', { tag: '@fresh' }, async ({
  shiwu,
  page,
}) => {
  const methods = new Set<string>();
  page.on('request', (request) => methods.add(request.method()));
  await shiwu.openReady();
  await shiwu.drop(shapes);
  await expect(shiwu.ownModel).toContainText(/图形识别 ?6 类 · \d+ kB · Apache-2.0/);
  await expect(page.getByTestId('live')).toContainText('「图形识别」，它认得 6 类');
  await shiwu.drop(star);
  expect(await shiwu.firstClass()).toBe('star');
  await expect(shiwu.headline).toContainText('五角星');
  await shiwu.drop(heart);
  await expect(shiwu.headline).toContainText('心形');
  await page.getByTestId('language-en').click();
  await expect(shiwu.ownModel).toContainText(/Shapes ?6 classes · \d+ kB · Apache-2.0/);
  await expect(shiwu.headline).toContainText('heart');
  // Nothing goes out: what was fetched are the site's own files.
  expect([...methods]).toEqual(['GET']);
});

test('the photo on the table is named again by the new model, then by the old', {
  tag: '@fresh',
}, async ({ shiwu, page }) => {
  await shiwu.openReady();
  await shiwu.sample('coffee').click();
  expect(CUPS).toContain(await shiwu.firstClass());
  await shiwu.drop(shapes);
  await expect(shiwu.ownModel).toBeVisible();
  await expect(shiwu.candidates.first()).toHaveAttribute('data-class-id', /^[a-z]+$/);
  await expect(page.locator('.label-top')).toContainText('第 1 号');
  await page.getByTestId('default-model').click();
  await expect(page.getByTestId('model-bar')).toHaveCount(0);
  await expect(page.locator('.label')).toBeFocused();
  await expect(shiwu.candidates.first()).toHaveAttribute('data-class-id', /^n\d+$/);
  expect(CUPS).toContain(await shiwu.firstClass());
  await shiwu.drop(chelsea);
  await expect(shiwu.preview).toHaveAttribute('alt', /chelsea/);
  expect(CATS).toContain(await shiwu.firstClass());
});

test('a model is there again after a reload in the moment in which it is said to be at work', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady();
  await page.evaluate(() => {
    new MutationObserver(() => {
      if (document.querySelector('[data-testid=own-model]')) location.reload();
    }).observe(document.body, { childList: true, subtree: true });
  });
  const again = page.waitForEvent('load');
  await shiwu.drop(shapes);
  await again;
  await expect(shiwu.ownModel).toContainText('图形识别');
});

test('model and photo dropped together: first the model, then the photo', {
  tag: '@fresh',
}, async ({ shiwu }) => {
  await shiwu.openReady();
  await shiwu.drop(star, shapes);
  expect(await shiwu.firstClass()).toBe('star');
  await expect(shiwu.ownModel).toBeVisible();
});

test('a model dropped while the first one loads takes its place', async ({ shiwu, page }) => {
  await page.route('**/lite0*.gz', async () => {});
  await shiwu.open();
  await expect(shiwu.progress).toHaveText(/MB$/);
  await shiwu.drop(star, shapes);
  expect(await shiwu.firstClass()).toBe('star');
  await expect(shiwu.root).toHaveAttribute('data-model', 'ready');
  await page.unrouteAll({ behavior: 'ignoreErrors' });
});

test('of two models one after the other the later stays', async ({ shiwu, page }) => {
  await shiwu.openReady();
  await shiwu.drop(shapes);
  await shiwu.drop(altered('second.onnx', '"zh":"图形识别"', '"zh":"二号模型"'));
  await expect(shiwu.ownModel).toContainText('二号模型');
  await page.waitForTimeout(500);
  await expect(shiwu.ownModel).toContainText('二号模型');
  await expect.poll(() => page.workers().length).toBe(1);
});

test('the picker takes a model as well, and no worker is left over', async ({ shiwu, page }) => {
  await shiwu.openReady();
  const dialog = page.waitForEvent('filechooser');
  await page.getByTestId('pick-model').click();
  await (await dialog).setFiles(shapes);
  await expect(shiwu.ownModel).toBeVisible();
  await expect.poll(() => page.workers().length).toBe(1);
  await shiwu.choose(star);
  expect(await shiwu.firstClass()).toBe('star');
  await page.getByTestId('default-model').click();
  await expect(shiwu.candidates.first()).toHaveAttribute('data-class-id', /^n\d+$/);
  await expect.poll(() => page.workers().length).toBe(1);
});

test('what is no usable model is refused with a sentence, and the former still answers', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady();
  await shiwu.drop(shapes);
  await expect(shiwu.ownModel).toBeVisible();
  for (const { file, code } of BAD_MODELS) {
    await shiwu.drop(file);
    await expect(shiwu.refusal, file.name).toHaveAttribute('data-error-code', code);
    await expect(shiwu.refusal).toContainText(file.name);
    await expect(shiwu.refusal).toContainText(/\p{Script=Han}，.*。/u);
    await expect(shiwu.refusal).toContainText('现在仍用「图形识别」');
    await expect(page.getByTestId('alert')).toContainText(`${file.name} 用不了`);
    await page.getByTestId('understood').click();
    await expect(shiwu.refusal).toHaveCount(0);
  }
  await shiwu.drop(star);
  expect(await shiwu.firstClass()).toBe('star');
  await expect.poll(() => page.workers().length).toBe(1);
});

test('the default model too survives a bad file', async ({ shiwu, page }) => {
  await shiwu.openReady();
  await shiwu.drop(chelsea);
  expect(CATS).toContain(await shiwu.firstClass());
  if (GARBAGE) await shiwu.drop(GARBAGE.file);
  await expect(shiwu.refusal).toContainText('这不是可用的 ONNX 分类模型，请检查文件。');
  expect(CATS).toContain(await shiwu.firstClass());
  await page.getByTestId('language-en').click();
  await expect(shiwu.refusal).toContainText('not a usable ONNX classification model');
  await expect(shiwu.refusal).toContainText('Still using EfficientNet-Lite0');
  await shiwu.drop(chelsea);
  expect(CATS).toContain(await shiwu.firstClass());
});

test('a model with Chinese names only is readable in English', async ({ shiwu, page }) => {
  await shiwu.openReady();
  await page.getByTestId('language-en').click();
  await shiwu.drop(altered('zh.onnx', 'id\tzh\ten\n', 'id\tzh\txx\n'), star);
  expect(await shiwu.firstClass()).toBe('star');
  await expect(shiwu.headline).toContainText('五角星');
  await expect(shiwu.candidates.first()).toContainText('五角星');
});

test('a tagger that is sure of nothing says so', async ({ shiwu, page }) => {
  const labels = ['圆', '三角', '方', '星', '十字', '心'].map((zh) => `${zh}\t1\n`);
  const strict = withMetadata('strict.onnx', 'shiwu.labels', `zh\tthreshold\n${labels.join('')}`);
  await shiwu.openReady();
  await shiwu.drop(strict, heart);
  await expect(shiwu.headline).toHaveText('没认出来');
  await expect(shiwu.answer).toContainText('没有哪一类达到这个模型的门槛');
  await expect(page.getByTestId('live')).toContainText('没有哪一类达到这个模型的门槛');
});

test('a model is put in and taken out by keyboard', async ({ shiwu, page }) => {
  await shiwu.openReady();
  const focused = page.locator(':focus');
  await page.getByTestId('trust-line').focus();
  await page.keyboard.press('Tab');
  await expect(focused).toHaveAttribute('data-testid', 'pick-model');
  const dialog = page.waitForEvent('filechooser');
  await page.keyboard.press('Enter');
  await (await dialog).setFiles(shapes);
  await expect(shiwu.ownModel).toBeVisible();
  await expect(focused).toHaveAttribute('data-testid', 'pick-model');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  await expect(focused).toHaveAttribute('data-testid', 'default-model');
  await page.keyboard.press('Enter');
  await expect(shiwu.ownModel).toHaveCount(0);
  await expect(page.locator('.label')).toBeFocused();
});

test("axe finds nothing with a model of one's own", async ({ shiwu, page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await shiwu.openReady();
  await shiwu.drop(shapes);
  await expect(shiwu.ownModel).toBeVisible();
  await expectClean(page);
  await shiwu.drop(star);
  await shiwu.answer.waitFor();
  await page.getByTestId('timings').locator('summary').click();
  await expectClean(page);
  if (GARBAGE) await shiwu.drop(GARBAGE.file);
  await expect(shiwu.refusal).toBeVisible();
  await expectClean(page);
  for (const control of await page.locator('button:visible, summary:visible').all()) {
    const box = await control.boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44);
  }
  // A worker that never starts; its script held back might yet come from a cache.
  await page.evaluate(() => {
    globalThis.Worker = class extends EventTarget {
      postMessage() {}
      terminate() {}
    } as unknown as typeof Worker;
  });
  await page.getByTestId('default-model').click();
  await expect(page.getByTestId('exchanging')).toBeVisible();
  await expectClean(page);
});
