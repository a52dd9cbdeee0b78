// An open photo of the album: going back, swiping, pinching, tapping twice.
import type { CDPSession, Page } from '@playwright/test';
import { expectClean } from './support/axe.js';
import { chelsea, coffee } from './support/photos.js';
import { expect, test } from './support/test.js';

test.use({ contextOptions: { reducedMotion: 'reduce' }, hasTouch: true });

const dialog = (page: Page) => page.getByTestId('photo-dialog');
const large = (page: Page) => page.getByTestId('photo-large');
const scale = async (page: Page) => Number(await large(page).getAttribute('data-scale'));

async function openFirst(page: Page): Promise<void> {
  await page.goto('./');
  await page.getByTestId('place-album').click();
  await page.getByTestId('pick-photos-input').setInputFiles([chelsea, coffee]);
  await expect(page.getByTestId('album')).toHaveAttribute('data-count', '2');
  await expect(page.getByTestId('run')).toHaveCount(0);
  await page.getByTestId('cell').first().click();
  await expect(dialog(page)).toContainText(chelsea.name);
  await large(page).waitFor();
}

test('going back closes the photo, then leaves the album; going forward opens it again', async ({
  shiwu,
  page,
}) => {
  await openFirst(page);
  await page.getByTestId('next').click();
  await expect(dialog(page)).toContainText(coffee.name);
  await page.goBack();
  await expect(dialog(page)).toBeHidden();
  await expect(page.getByTestId('cell')).toHaveCount(2);
  await page.goForward();
  await expect(dialog(page)).toContainText(coffee.name);
  await page.reload();
  await expect(dialog(page)).toContainText(coffee.name);
  // Closed by its button it leaves nothing behind that one would go back through.
  await page.getByTestId('close').click();
  await expect(dialog(page)).toBeHidden();
  await page.getByTestId('cell').first().click();
  await expect(dialog(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toBeHidden();
  await expect.poll(() => page.evaluate((): unknown => history.state)).toBe(null);
  await page.goBack();
  await expect(shiwu.pick).toBeVisible();
});

/** Fingers on the photo: where each is, in shares of its frame. */
async function fingers(
  page: Page,
): Promise<(...at: (readonly [number, number])[]) => Promise<void>> {
  const session: CDPSession = await page.context().newCDPSession(page);
  const box = await page.getByTestId('zoomable').boundingBox();
  if (!box) throw new Error('no photo');
  let down = 0;
  return async (...at) => {
    const type = at.length === 0 ? 'touchEnd' : at.length > down ? 'touchStart' : 'touchMove';
    down = at.length;
    await session.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: at.map(([x, y], id) => ({
        x: box.x + x * box.width,
        y: box.y + y * box.height,
        id,
      })),
    });
  };
}

test('a swipe goes to the next photo and back; at the ends there is no other', async ({ page }) => {
  await openFirst(page);
  const swipe = async (from: number, to: number) => {
    const put = await fingers(page);
    for (const share of [0, 0.3, 0.6, 1]) await put([from + share * (to - from), 0.5]);
    await put();
  };
  await swipe(0.8, 0.2);
  await expect(dialog(page)).toContainText(coffee.name);
  await large(page).waitFor();
  await swipe(0.8, 0.2);
  await expect(dialog(page)).toContainText(coffee.name);
  await swipe(0.2, 0.8);
  await expect(dialog(page)).toContainText(chelsea.name);
  await large(page).waitFor();
  // By a little, it stays.
  const put = await fingers(page);
  await put([0.5, 0.5]);
  await put([0.45, 0.5]);
  await page.waitForTimeout(600);
  await put();
  await expect(dialog(page)).toContainText(chelsea.name);
  await expect(large(page)).toHaveAttribute('style', /translate\(0px, 0px\)/);
});

test('two fingers enlarge it about what lies between them, one then moves it', async ({ page }) => {
  await openFirst(page);
  const put = await fingers(page);
  const before = await large(page).boundingBox();
  await put([0.4, 0.5]);
  await put([0.4, 0.5], [0.6, 0.5]);
  await put([0.3, 0.5], [0.7, 0.5]);
  await put([0.2, 0.5], [0.8, 0.5]);
  await put();
  await expect.poll(() => scale(page)).toBeCloseTo(3, 1);
  const after = await large(page).boundingBox();
  if (!before || !after) throw new Error('no photo');
  // The middle stood between them: it stayed.
  expect(after.x + after.width / 2).toBeCloseTo(before.x + before.width / 2, 0);
  expect(after.width / before.width).toBeCloseTo(3, 1);
  await put([0.5, 0.5]);
  await put([0.6, 0.5]);
  await put([0.7, 0.5]);
  await put();
  const moved = await large(page).boundingBox();
  expect((moved?.x ?? 0) - after.x).toBeCloseTo(0.2 * before.width, 0);
  await expect(dialog(page)).toContainText(chelsea.name);
  await expectClean(page);
  // Another photo is seen whole.
  await page.getByTestId('next').click();
  await expect.poll(() => scale(page)).toBe(1);
});

test('tapped or clicked twice it is enlarged there, and whole again; so by keys', async ({
  page,
}) => {
  await openFirst(page);
  const box = await page.getByTestId('zoomable').boundingBox();
  if (!box) throw new Error('no photo');
  const [x, y] = [box.x + box.width * 0.75, box.y + box.height / 2];
  await page.mouse.dblclick(x, y);
  expect(await scale(page)).toBe(2.5);
  // What was under the pointer is there still: the frame's right quarter.
  const after = await large(page).boundingBox();
  expect((x - (after?.x ?? 0)) / (after?.width ?? 1)).toBeCloseTo(0.75, 2);
  await page.mouse.dblclick(x, y);
  expect(await scale(page)).toBe(1);
  await page.keyboard.press('+');
  expect(await scale(page)).toBe(1.5);
  await page.keyboard.press('-');
  expect(await scale(page)).toBe(1);
});
