import { expectClean } from './support/axe.js';
import { GARBAGE } from './support/bad-files.js';
import { CUPS } from './support/photos.js';
import { expect, test } from './support/test.js';

test('axe finds nothing on the empty page, the answer or the error', async ({ shiwu, page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await shiwu.openReady();
  await expectClean(page);
  await shiwu.sample('coffee').click();
  await shiwu.answer.waitFor();
  await page.getByTestId('timings').locator('summary').click();
  await expectClean(page);
  await shiwu.drop(GARBAGE.file);
  await shiwu.error.waitFor();
  await expectClean(page);
  await page.getByTestId('language-en').click();
  await expectClean(page);
});

test('axe finds nothing while the model loads', async ({ shiwu, page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.route('**/lite0*.gz', async () => {});
  await shiwu.open();
  await expect(shiwu.progress).toHaveText(/MB$/);
  await expectClean(page);
  await shiwu.sample('cat').click();
  await expectClean(page);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
});

test('everything is done by keyboard', async ({ shiwu, page }) => {
  await shiwu.openReady();
  const focused = page.locator(':focus');
  for (const place of ['photo', 'album', 'camera', 'history', 'settings']) {
    await page.keyboard.press('Tab');
    await expect(focused).toHaveAttribute('data-testid', `place-${place}`);
  }
  await page.keyboard.press('Tab');
  await expect(focused).toHaveAttribute('data-testid', 'language-zh');
  await page.keyboard.press('Tab');
  await expect(focused).toHaveAttribute('data-testid', 'language-zh-hant');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  if (await page.getByTestId('shoot').isVisible()) {
    await expect(focused).toHaveAttribute('data-testid', 'shoot');
    await page.keyboard.press('Tab');
  }
  await expect(focused).toHaveAttribute('data-testid', 'pick');
  await page.keyboard.press('Enter');
  await expect.poll(() => shiwu.dialogs).toBe(1);
  await page.keyboard.press('Tab');
  await expect(focused).toHaveAttribute('data-testid', 'trust-line');
  await page.keyboard.press('Tab');
  await expect(focused).toHaveAttribute('data-testid', 'pick-model');
  await page.keyboard.press('Tab');
  for (const name of ['cat', 'dogs', 'coffee']) {
    await expect(focused).toHaveAttribute('data-testid', `sample-${name}`);
    if (name !== 'coffee') await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  expect(CUPS).toContain(await shiwu.firstClass());
  await expect(focused).toHaveAttribute('data-testid', 'sample-coffee');
  for (let n = 0; n < 3; n++) await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('timings')).toHaveAttribute('open', '');
});

test('the focused control is outlined', async ({ shiwu, page }) => {
  await shiwu.openReady();
  await page.keyboard.press('Tab');
  await expect(page.locator(':focus')).toHaveCSS('outline-style', 'solid');
});

test('results are read out', async ({ shiwu, page }) => {
  await shiwu.openReady();
  await shiwu.sample('coffee').click();
  await shiwu.answer.waitFor();
  await expect(page.getByTestId('live')).toHaveText(/^这是.+ \d+(\.\d)?%。其余候选：.+。$/);
});

test('every control is large enough for a finger', async ({ shiwu, page }) => {
  await shiwu.openReady();
  await shiwu.sample('coffee').click();
  await shiwu.answer.waitFor();
  for (const control of await page.locator('button:visible, summary:visible').all()) {
    const box = await control.boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44);
  }
});

test('nothing is wider than a window of 320 pixels', async ({ shiwu, page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await shiwu.openReady();
  const overflow = () =>
    page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(await overflow()).toBeLessThanOrEqual(0);
  await shiwu.sample('coffee').click();
  await shiwu.answer.waitFor();
  expect(await overflow()).toBeLessThanOrEqual(0);
  await page.getByTestId('language-en').click();
  expect(await overflow()).toBeLessThanOrEqual(0);
});

for (const [width, language] of [
  [390, 'zh'],
  [390, 'en'],
  [320, 'zh'],
  [320, 'en'],
] as const) {
  test(`the largest text fits ${width} pixels: ${language}`, async ({ shiwu, page }) => {
    await page.setViewportSize({ width, height: 844 });
    await page.addInitScript(() => localStorage.setItem('shiwu.text-size', 'huge'));
    await shiwu.openReady();
    await page.getByTestId(`language-${language}`).click();
    const parts = await page.evaluate(() => {
      const boxOf = (which: string) => {
        const all = [...document.querySelectorAll(which)];
        const box = all.map((one) => one.getBoundingClientRect()).find(({ width }) => width > 0);
        const { left = 0, top = 0, right = 0, bottom = 0 } = box ?? {};
        return { left, top, right, bottom };
      };
      // The words themselves: their box is as wide as the sheet.
      const range = document.createRange();
      const lines = [...document.querySelectorAll('.invitation')].flatMap((one) => {
        range.selectNodeContents(one);
        return [...range.getClientRects()];
      });
      const arm = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) * 1.75;
      return {
        arm,
        lines: lines.map(({ left, top, right, bottom }) => ({ left, top, right, bottom })),
        corners: boxOf('.stage .corners'),
        buttons: boxOf('.picker'),
        name: boxOf('.wordmark-zh'),
        mark: boxOf('.wordmark'),
        languages: boxOf('.languages'),
        wide: document.documentElement.scrollWidth,
      };
    });
    const { arm, corners, buttons, name, mark, languages } = parts;
    expect(parts.wide).toBe(width);
    expect(name.right).toBeLessThanOrEqual(mark.right + 1);
    expect(name.bottom - name.top).toBeLessThanOrEqual(mark.bottom - mark.top + 1);
    expect(mark.right).toBeLessThanOrEqual(languages.left);
    expect(languages.right).toBeLessThanOrEqual(width);
    expect(parts.lines.length).toBeGreaterThan(0);
    for (const line of parts.lines) {
      // Inside the corners, or between their arms.
      const beside = line.left >= corners.left + arm && line.right <= corners.right - arm;
      const below = line.top >= corners.top + 2;
      expect(beside || below).toBe(true);
      expect(line.left).toBeGreaterThanOrEqual(corners.left);
      expect(line.right).toBeLessThanOrEqual(corners.right);
      expect(line.bottom).toBeLessThanOrEqual(buttons.top);
    }
    expect(buttons.left).toBeGreaterThanOrEqual(corners.left);
    expect(buttons.right).toBeLessThanOrEqual(corners.right);
    expect(buttons.bottom).toBeLessThanOrEqual(corners.bottom);
  });
}
