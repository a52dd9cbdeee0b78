import { CATS, CUPS, chelsea, coffee } from './support/photos.js';
import { expect, test } from './support/test.js';

const PHOTOS = [
  { name: 'the cat', photo: chelsea, classes: CATS },
  { name: 'the cup', photo: coffee, classes: CUPS },
];

for (const { name, photo, classes } of PHOTOS) {
  test(`${name} is named when dropped`, async ({ shiwu, page }) => {
    await shiwu.openReady();
    await shiwu.drag(photo);
    await expect(page.getByTestId('drop-veil')).toHaveAttribute('data-open', 'true');
    await shiwu.drop(photo);
    await expect(page.getByTestId('drop-veil')).toHaveAttribute('data-open', 'false');
    expect(classes).toContain(await shiwu.firstClass());
  });

  test(`${name} is named when picked`, async ({ shiwu }) => {
    await shiwu.openReady();
    await shiwu.choose(photo);
    await expect(shiwu.preview).toBeVisible();
    expect(classes).toContain(await shiwu.firstClass());
  });

  test(`${name} is named when pasted`, async ({ shiwu }) => {
    await shiwu.openReady();
    await shiwu.paste(photo);
    expect(classes).toContain(await shiwu.firstClass());
  });
}

test('a sample photo is named when it is tapped', async ({ shiwu }) => {
  await shiwu.openReady();
  await shiwu.sample('coffee').click();
  expect(CUPS).toContain(await shiwu.firstClass());
  await expect(shiwu.headline).toContainText(/这是|应该是/);
});

test('the answer has five Chinese names with percentages, best first', async ({ shiwu, page }) => {
  await shiwu.openReady();
  await shiwu.choose(chelsea);
  await shiwu.answer.waitFor();
  await expect(shiwu.candidates).toHaveCount(5);
  const shares: number[] = [];
  for (const row of await shiwu.candidates.all()) {
    await expect(row.locator('.candidate-name')).toHaveText(/\p{Script=Han}/u);
    await expect(row.locator('.candidate-other')).toHaveText(/[a-z]/i);
    const percent = (await row.locator('.candidate-percent').textContent()) ?? '';
    expect(percent).toMatch(/^<?\d+(\.\d)?%$/);
    shares.push(Number.parseFloat(percent.replace('<', '')));
  }
  expect(shares).toEqual([...shares].sort((a, b) => b - a));
  await expect(shiwu.headline).toHaveText(/\p{Script=Han}/u);
  await expect(page.getByTestId('path')).toContainText('动物');
  await expect(page.getByTestId('path')).toContainText('猫');
  await expect(page.getByTestId('timings')).toContainText(/预处理 [\d.]+ 毫秒 · 推理 [\d.]+ 毫秒/);
});

test('a second photo takes the place of the first', async ({ shiwu }) => {
  await shiwu.openReady();
  await shiwu.drop(coffee);
  await shiwu.drop(chelsea);
  expect(CATS).toContain(await shiwu.firstClass());
  await shiwu.page.waitForTimeout(500);
  expect(CATS).toContain(await shiwu.firstClass());
});

test('many photos one after another are each named', async ({ shiwu, page }) => {
  await shiwu.openReady();
  for (let turn = 1; turn <= 4; turn++) {
    await shiwu.drop(turn % 2 ? chelsea : coffee);
    await expect(page.locator('.label-top')).toContainText(`第 ${turn} 号`);
    expect(turn % 2 ? CATS : CUPS).toContain(await shiwu.firstClass());
  }
});

test('a finger finds the camera of the system first, a mouse does not', async ({ shiwu, page }) => {
  await shiwu.openReady();
  const fingers = await page.evaluate(() => matchMedia('(pointer: coarse)').matches);
  const shoot = page.getByRole('button', { name: '拍一张' });
  await expect(shoot).toBeVisible({ visible: fingers });
  // Nothing is asked of fingers that they cannot do.
  await expect(page.getByText('拖到这里')).toBeVisible({ visible: !fingers });
  if (!fingers) return;
  const dialog = page.waitForEvent('filechooser');
  await shoot.click();
  const chooser = await dialog;
  expect(await chooser.element().getAttribute('capture')).toBe('environment');
  await chooser.setFiles(chelsea);
  expect(CATS).toContain(await shiwu.firstClass());
  // It stays for the next one, beside the choice of a file.
  await expect(shoot).toBeVisible();
  await expect(shiwu.pick).toBeVisible();
});

test('a picture among other files is taken, and the page says so', async ({ shiwu, page }) => {
  await shiwu.openReady();
  await page.getByTestId('file-input').evaluate((input: HTMLInputElement) => {
    input.multiple = true;
  });
  const notes = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') };
  await page.getByTestId('file-input').setInputFiles([notes, chelsea]);
  await expect(page.getByTestId('notice')).toContainText('2 个文件');
  expect(CATS).toContain(await shiwu.firstClass());
});
