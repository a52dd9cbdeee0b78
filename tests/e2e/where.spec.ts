// Where it looked, what a point shows, several things in one photo: by mouse, finger and keyboard.
import type { Page } from '@playwright/test';
import { expectClean } from './support/axe.js';
import { collage } from './support/collage.js';
import { CATS, CUPS, chelsea } from './support/photos.js';
import type { ShiwuPage } from './support/shiwu-page.js';
import { expect, test } from './support/test.js';

test.use({ contextOptions: { reducedMotion: 'reduce' } });

async function lay(shiwu: ShiwuPage, page: Page): Promise<void> {
  await shiwu.openReady();
  await shiwu.drop(await collage(page));
  await shiwu.answer.waitFor();
}

/** The candidate's button whose class is one of these; the collage's answers have both. */
async function lookFor(page: Page, classes: readonly string[]) {
  const wanted = classes.map((id) => `[data-class-id="${id}"]`).join(',');
  return page
    .getByTestId('candidate')
    .and(page.locator(wanted))
    .first()
    .getByTestId('candidate-look');
}

const map = (page: Page) => page.getByTestId('where-map');
const painted = (page: Page) => expect(map(page)).toHaveAttribute('data-painted', /.+/);

/** Where the painted map's light lies, across, 0 to 1. */
async function middle(page: Page): Promise<number> {
  return map(page).evaluate((canvas: HTMLCanvasElement) => {
    const { width, height } = canvas;
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, width, height) ?? { data: [] };
    let sum = 0;
    let moment = 0;
    for (let at = 0; at < data.length; at += 4) {
      // Squared, so that what stands out counts.
      const light = ((data[at] ?? 0) + (data[at + 1] ?? 0)) ** 2;
      sum += light;
      moment += light * ((((at / 4) % width) + 0.5) / width);
    }
    return moment / sum;
  });
}

/** A point of the photo on the page; shares of its width and height. */
async function at(page: Page, x: number, y: number): Promise<[number, number]> {
  const box = await page.getByTestId('region-layer').boundingBox();
  if (!box) throw new Error('no layer');
  return [box.x + x * box.width, box.y + y * box.height];
}

const here = (page: Page) => page.getByTestId('where-here');

async function refined(page: Page): Promise<string> {
  await expect(here(page)).toHaveAttribute('data-refined', 'true');
  return (await here(page).getAttribute('data-class-id')) ?? '';
}

test('a label pressed shows where it was seen; the next one, why it is not that', async ({
  shiwu,
  page,
}) => {
  await lay(shiwu, page);
  const look = page.getByTestId('candidate-look').first();
  await look.click();
  await painted(page);
  await expect(look).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByTestId('tool-where')).toHaveAttribute('aria-pressed', 'true');
  await expect(map(page)).toHaveAttribute('data-scale', 'inferno');
  await expectClean(page);
  // Over what the network saw: the middle square.
  const layer = await page.getByTestId('region-layer').boundingBox();
  const box = await map(page).boundingBox();
  if (!layer || !box) throw new Error('no map');
  expect(box.width / layer.width).toBeCloseTo((0.875 * 300) / 800, 1);
  expect(box.height / layer.height).toBeCloseTo(0.875, 1);
  expect((box.x + box.width / 2 - layer.x) / layer.width).toBeCloseTo(0.5, 1);

  await page.getByTestId('where-not').click();
  await expect(map(page)).toHaveAttribute('data-scale', 'berlin');
  await expect(map(page)).toHaveAttribute('data-painted', /n\d+ n\d+/);
  await expect(page.getByTestId('where-bar')).toContainText('红色');
  await expectClean(page);
  await page.getByTestId('where-close').click();
  await expect(map(page)).toHaveCount(0);
  await expect(look).toHaveAttribute('aria-pressed', 'false');
});

test('a cat is seen where the cat is, a cup where the cup is', async ({ shiwu, page }) => {
  await lay(shiwu, page);
  const cat = await lookFor(page, CATS);
  const cup = await lookFor(page, CUPS);
  // One of the five at least is of either side; which, is the network's affair.
  const sides = [
    { look: cat, left: true },
    { look: cup, left: false },
  ];
  let seen = 0;
  for (const { look, left } of sides) {
    if ((await look.count()) === 0) continue;
    await look.click();
    await painted(page);
    const where = await middle(page);
    if (left) expect(where).toBeLessThan(0.5);
    else expect(where).toBeGreaterThan(0.5);
    await look.click();
    seen++;
  }
  expect(seen).toBeGreaterThan(0);
});

test('the pointer or the focus on a label is enough', async ({ shiwu, page, isMobile }) => {
  await lay(shiwu, page);
  const second = page.getByTestId('candidate-look').nth(1);
  if (!isMobile) {
    await second.hover();
    await painted(page);
    await expect(page.getByTestId('where-not')).toHaveCount(0);
    await page.mouse.move(1, 1);
    await expect(map(page)).toHaveCount(0);
  }
  await second.focus();
  await painted(page);
  await page.keyboard.press('Enter');
  await expect(second).toHaveAttribute('aria-pressed', 'true');
  await second.blur();
  await painted(page);
  await page.keyboard.press('Tab');
});

test('a point is answered, then looked at closer', async ({ shiwu, page, isMobile }) => {
  await lay(shiwu, page);
  const press = async (x: number, y: number) => {
    const point = await at(page, x, y);
    if (isMobile) await page.touchscreen.tap(...point);
    else await page.mouse.click(...point);
  };
  await press(0.25, 0.5);
  expect(CATS).toContain(await refined(page));
  await expect(here(page)).toContainText('这里：');
  await expectClean(page);
  await press(0.72, 0.5);
  await expect.poll(() => here(page).getAttribute('data-class-id')).not.toMatch(CATS.join('|'));
  const there = await refined(page);
  await page.getByTestId('where-closer').click();
  await expect(page.locator('.label-top')).toContainText('局部');
  expect(await shiwu.firstClass()).toBe(there);
  await expect(here(page)).toBeHidden();
});

test('by keyboard: arrows move a mark, Enter asks, Escape leaves', async ({ shiwu, page }) => {
  await lay(shiwu, page);
  const layer = page.getByTestId('region-layer');
  await layer.focus();
  await expect(layer).toHaveAttribute('aria-label', /方向键/);
  await page.keyboard.press('ArrowLeft');
  // The first key may come before the room does.
  await expect
    .poll(async () => {
      await page.keyboard.press('ArrowLeft');
      return page.locator('.where-mark').count();
    })
    .toBe(1);
  for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  expect(CATS).toContain(await refined(page));
  await page.keyboard.press('Escape');
  await expect(here(page)).toBeHidden();
  await expect(page.locator('.where-mark')).toHaveCount(0);
});

test('several things are listed by where they are', async ({ shiwu, page }) => {
  await lay(shiwu, page);
  const tool = page.getByTestId('tool-several');
  await tool.click();
  const things = page.getByTestId('thing');
  await expect(things).toHaveCount(2);
  await expect(page.getByTestId('several')).toContainText(
    /左边：.+；右边：.+。|右边：.+；左边：.+。/,
  );
  await expect(tool).toHaveAttribute('aria-pressed', 'true');
  await expectClean(page);
  const ids = await things.evaluateAll((all) => all.map((each) => each.dataset.classId ?? ''));
  expect(ids.some((id) => CATS.includes(id))).toBe(true);
  expect(ids.some((id) => CUPS.includes(id))).toBe(true);
  await things.first().focus();
  await expect(page.getByTestId('where-box')).toBeVisible();
  await things.first().click();
  await expect(page.locator('.label-top')).toContainText('局部');
  expect(await shiwu.firstClass()).toBe(ids[0]);
  await expect(page.getByTestId('several')).toHaveCount(0);
});

test('a photo of one thing says so; another photo puts all away', async ({ shiwu, page }) => {
  await shiwu.openReady();
  await shiwu.drop(chelsea);
  await shiwu.answer.waitFor();
  await page.getByTestId('tool-several').click();
  await expect(page.getByTestId('several')).toContainText('只找到一样东西');
  await page.getByTestId('tool-where').click();
  await painted(page);
  await shiwu.drop(await collage(page));
  await expect(page.getByTestId('several')).toHaveCount(0);
  await expect(map(page)).toHaveCount(0);
});
