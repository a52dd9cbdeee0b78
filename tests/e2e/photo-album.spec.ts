import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import type { Row } from '../../web/page/src/album/export/rows.js';
import { AlbumPage, paced, unpaced } from './support/album-page.js';
import { expectClean } from './support/axe.js';
import { GARBAGE } from './support/bad-files.js';
import { chelsea, coffee } from './support/photos.js';
import { type Upload, upload } from './support/shiwu-page.js';
import { expect, test } from './support/test.js';

const sample = (name: string) =>
  upload(new URL(`../../web/page/public/samples/${name}.jpg`, import.meta.url), 'image/jpeg');

/** The sample of the cat is chelsea, smaller and compressed again. */
const catAgain = sample('cat');
const palace = upload(new URL('../fixtures/photos/palace.jpg', import.meta.url), 'image/jpeg');
const notes: Upload = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') };
/** Ten of ten must hold; fewer where nothing is being measured. */
const TURNS = Number(process.env.SHIWU_TURNS ?? 3);
const FOLDER = [chelsea, coffee, catAgain, palace, GARBAGE.file];

const cells = (page: Page) => page.getByTestId('cell');
const names = (page: Page) => page.locator('.cell-name').allTextContents();
const files = (page: Page) =>
  cells(page).evaluateAll((all) => all.map((cell) => (cell as HTMLElement).dataset.file));

async function choose(page: Page, photos: readonly Upload[]): Promise<void> {
  await page.getByTestId('pick-photos-input').setInputFiles([...photos]);
}

/** Waits until nothing waits any more. */
async function named(page: Page, count: number): Promise<void> {
  await expect(page.getByTestId('album')).toHaveAttribute('data-count', String(count));
  await expect(page.getByTestId('run')).toHaveCount(0);
}

async function openNamed(page: Page, photos: readonly Upload[] = FOLDER): Promise<void> {
  await page.goto('./#album');
  await choose(page, photos);
  await named(page, photos.length);
}

/** Nothing of what was listed before stays: a look-up may take a while. */
async function findAnew(page: Page, query: string): Promise<void> {
  await page.getByTestId('search').fill('没有这种东西');
  await expect(page.getByTestId('nothing')).toBeVisible();
  await page.getByTestId('search').fill(query);
}

test.use({ contextOptions: { reducedMotion: 'reduce' } });

test('several photos dropped on the table go to the album; what is no picture is said', async ({
  shiwu,
  page,
}) => {
  await shiwu.open();
  await shiwu.drop(chelsea, coffee, notes);
  await expect(page.getByTestId('notice')).toHaveText(
    '放进了 2 张照片。 1 个文件不是图片，没有放进来。',
  );
  await named(page, 2);
  expect(new URL(page.url()).hash).toBe('#album');
  expect(await names(page)).toEqual(['猫', '浓缩咖啡']);
  await shiwu.drop(chelsea);
  await expect(page.getByTestId('notice')).toHaveText('1 张本来就在相册里。');
  await page.goBack();
  await expect(shiwu.pick).toBeVisible();
});

test('a dropped folder is opened, with the folders in it', async ({ shiwu, page }) => {
  await shiwu.open();
  const at = (path: string): Upload => ({ ...chelsea, name: `旅行/${path}` });
  await shiwu.dropFolder(at('a.png'), at('第二天/b.png'), at('第二天/.DS_Store'), at('Thumbs.db'));
  await named(page, 2);
  expect((await files(page)).sort()).toEqual(['旅行/a.png', '旅行/第二天/b.png']);
});

test('a folder is named, grouped and counted; a bad file is one of them', async ({ page }) => {
  await openNamed(page);
  await expect(page.getByTestId('group-all')).toHaveAttribute('data-count', '5');
  await expect(page.getByTestId('group-animal')).toHaveAttribute('data-count', '2');
  await page.getByTestId('group-animal').click();
  await expect(cells(page)).toHaveCount(2);
  await page.getByTestId('group--failed').click();
  expect(await files(page)).toEqual([GARBAGE.file.name]);
  await cells(page).click();
  await expect(page.getByTestId('photo-dialog')).toContainText('这不像是一张图片');
  await page.keyboard.press('Escape');
  await expect(cells(page)).toBeFocused();
  await page.getByTestId('group-all').click();
  await expect(cells(page)).toHaveCount(5);
});

test('search by name, alias, pinyin, initials and English; the filter; the order', async ({
  page,
}) => {
  await openNamed(page);
  const search = page.getByTestId('search');
  for (const query of ['猫', 'mao', '动物', 'cat']) {
    await findAnew(page, query);
    await expect(cells(page)).toHaveCount(2);
    for (const name of await names(page)) expect(name).toContain('猫');
  }
  await expect(page.getByTestId('album-found')).toHaveText('2 张照片');
  for (const query of ['kafei', '食物', '饮品']) {
    await findAnew(page, query);
    await expect(cells(page)).toHaveCount(1);
    expect(await names(page)).toEqual(['浓缩咖啡']);
  }
  await search.fill('没有这种东西');
  await expect(page.getByTestId('nothing')).toBeVisible();
  await page.getByTestId('nothing').getByRole('button').click();
  await expect(cells(page)).toHaveCount(5);

  await page.getByTestId('floor').selectOption('sure');
  const sure = await cells(page).count();
  expect(sure).toBeGreaterThan(0);
  expect(sure).toBeLessThan(5);
  await page.getByTestId('floor').selectOption('all');
  await page.getByTestId('sort').selectOption('score');
  expect((await files(page)).at(-1)).toBe(GARBAGE.file.name);
});

test('a label is corrected by hand, by a guess or in words, and put back', async ({ page }) => {
  await openNamed(page, [palace]);
  await cells(page).click();
  const name = page.getByTestId('photo-name');
  const before = await name.textContent();
  await page.getByTestId('correction').fill('滕王阁');
  await page.getByTestId('correct').click();
  await expect(name).toHaveText('这是滕王阁');
  await page.reload();
  // An open photo is open again.
  await page.getByTestId('photo-dialog').waitFor();
  await page.keyboard.press('Escape');
  await expect(cells(page)).toContainText('滕王阁');
  await findAnew(page, 'twg');
  await expect(cells(page)).toHaveCount(1);
  await cells(page).click();
  await page.getByTestId('guess').nth(1).click();
  await expect(page.getByTestId('guess').nth(1)).toHaveAttribute('aria-pressed', 'true');
  await page.getByTestId('uncorrect').click();
  await expect(name).toHaveText(before ?? '');
});

test('a correction takes everyday words: 犬 is the category, and the list offers names as one types', async ({
  page,
}) => {
  await openNamed(page, [palace, chelsea]);
  await cells(page).first().click();
  const name = page.getByTestId('photo-name');
  const options = page.getByTestId('correction-list').getByRole('option');
  const field = page.getByTestId('correction');
  await field.fill('犬');
  await page.getByTestId('correct').click();
  await expect(name).toHaveText('这是狗');
  await expect(page.getByTestId('corrected')).toHaveText('已更正为 狗');

  for (const [text, first] of [
    ['beagle', '比格犬'],
    ['niao', '鸟'],
  ] as const) {
    await field.fill(text);
    await expect(options.first()).toContainText(first);
  }
  await field.press('ArrowDown');
  await expect(options.first()).toHaveAttribute('aria-selected', 'true');
  await field.press('Escape');
  await expect(page.getByTestId('photo-dialog')).toBeVisible();
  await expect(options).toHaveCount(0);
  await field.fill('dog');
  await options.first().click();
  await expect(name).toHaveText('这是狗');
  await page.keyboard.press('Escape');

  // With the category come all above it: in the drawers, the search, and what is exported.
  await expect(page.getByTestId('group-animal')).toHaveAttribute('data-count', '2');
  for (const query of ['狗', 'quan', '哺乳动物']) {
    await findAnew(page, query);
    await expect(cells(page).first()).toHaveAttribute('data-class-id', 'dog');
  }
});

test('a finished run says what the album holds, the grid stays where it is, and tiles lead to it', async ({
  page,
}) => {
  await page.goto('./#album');
  // Looked at in every frame: a fast machine is done before a test could ask.
  await page.evaluate(() => {
    const tops: number[] = [];
    Object.assign(window, { tops });
    const look = () => {
      const [grid, tiles] = ['grid', 'tiles'].map((id) =>
        document.querySelector(`[data-testid=${id}]`),
      );
      // Tiles come with the second kind of thing; from then on nothing above the grid comes or goes.
      if (grid && tiles) tops.push(Math.round(grid.getBoundingClientRect().top + scrollY));
      requestAnimationFrame(look);
    };
    look();
  });
  await choose(page, FOLDER);
  await expect(page.getByTestId('summary')).toContainText(
    '认完了：4 张认出，1 张打不开。你的照片里有 2 只猫',
  );
  await expect(page.getByTestId('shown-count')).toHaveText('5 张照片');
  const seen = () => page.evaluate(() => (window as unknown as { tops: number[] }).tops);
  await expect.poll(async () => (await seen()).length).toBeGreaterThan(0);
  const tops = await seen();
  expect(Math.max(...tops) - Math.min(...tops)).toBeLessThanOrEqual(2);

  await page.getByTestId('tile-cat').click();
  await expect(cells(page)).toHaveCount(2);
  await expect(page.getByTestId('shown-count')).toHaveText('2 张照片');
  await cells(page).first().click();
  await expect(page.getByTestId('place')).toHaveText('1 / 2');
  await page.getByTestId('previous').click();
  await expect(page.getByTestId('at-end')).toHaveText('已是第一张');
  await page.getByTestId('next').click();
  await expect(page.getByTestId('place')).toHaveText('2 / 2');
  await expect(page.getByTestId('at-end')).toHaveText('');
  await page.getByTestId('next').click();
  await expect(page.getByTestId('at-end')).toHaveText('已是最后一张');
});

test('while the list is scrolled, the photos in sight and the focus stay what they are', async ({
  page,
}) => {
  await page.setViewportSize({ width: 390, height: 500 });
  await paced(page, 200);
  await page.goto('./#album');
  await choose(
    page,
    Array.from({ length: 60 }, (_, i) => ({ ...coffee, name: `c${i}.png` })),
  );
  await expect(page.getByTestId('album')).toHaveAttribute('data-count', '60');
  await page.getByTestId('pause').click();
  const at = (index: number) => page.locator(`[data-testid=cell][data-index="${index}"]`);
  const toTop = (index: number) =>
    at(index).evaluate((cell) => window.scrollBy({ top: cell.getBoundingClientRect().top }));
  await toTop(4);
  await at(13).focus();
  const before = await at(13).elementHandle();
  await expect(at(45)).toHaveCount(0);
  await toTop(13);
  await expect(at(27)).toHaveCount(1);
  await expect(at(0)).toHaveCount(0);
  await expect(at(13)).toBeFocused();
  expect(await before?.evaluate((cell) => cell.isConnected)).toBe(true);
});

test('many are chosen and corrected at once, and that is undone', async ({ page }) => {
  await openNamed(page);
  await page.getByTestId('select').click();
  await cells(page).nth(0).click();
  await cells(page).nth(1).click();
  await expect(cells(page).nth(1)).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByTestId('selection')).toContainText('已选 2 张');
  const before = await names(page);
  await page.getByTestId('correction-all').fill('niao');
  await page.getByTestId('correct-all').click();
  await expect(page.getByTestId('corrected-all')).toContainText('已把 2 张更正为 鸟。');
  expect((await names(page)).filter((name) => name === '鸟')).toHaveLength(2);
  await page.getByTestId('uncorrect-all').click();
  await expect.poll(() => names(page)).toEqual(before); // shown once it is stored

  await cells(page).nth(0).click();
  await cells(page).nth(1).click();
  await page.getByTestId('remove-selected').click();
  await expect(cells(page)).toHaveCount(3);
  await expect(page.getByTestId('undo-text')).toHaveText('2 张已移出相册，原图没有动。');
  await page.getByTestId('undo-removal').click();
  await expect.poll(() => names(page)).toEqual(before);
  // The button has gone; the keyboard stays in the room.
  await expect(page.getByTestId('album')).toBeFocused();

  // What is exported is what is chosen.
  await cells(page).nth(1).click();
  await page.getByTestId('export').click();
  await expect(page.locator('.export-what')).toHaveText('导出选中的 1 张');
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByTestId('export-json').click(),
  ]);
  const rows: unknown = JSON.parse(readFileSync(await saved.path(), 'utf8'));
  expect(JSON.stringify(rows)).toContain(coffee.name);
  expect(JSON.stringify(rows)).not.toContain(palace.name);
  await page.getByTestId('select-end').click();
  await cells(page).nth(0).click();
  await expect(page.getByTestId('photo-dialog')).toBeVisible();
});

test('a correction outlives a reload in the same moment, on a slow machine', async ({ page }) => {
  test.slow();
  await openNamed(page, [palace]);
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: 6 });
  for (let turn = 0; turn < TURNS; turn++) {
    await cells(page).click();
    const guess = page.getByTestId('guess').nth(1 + (turn % 2));
    const name = await guess.getAttribute('data-class-id');
    // Both in one task: the page's thread has no quiet moment between them.
    await guess.evaluate((button: HTMLElement) => {
      button.click();
      document.documentElement.dataset.before = '';
      location.reload();
    });
    // An open photo is open again.
    await page.locator('html:not([data-before]) [data-testid=photo-dialog]').waitFor();
    await expect(
      page.locator(`[data-testid=guess][data-class-id="${name}"]`),
      `turn ${turn}`,
    ).toHaveAttribute('aria-pressed', 'true');
    await page.keyboard.press('Escape');
    await new AlbumPage(page).photoLeft();
  }
});

test('duplicates and similar photos are found, with a way back', async ({ page }) => {
  await openNamed(page);
  await page.getByTestId('duplicates').click();
  await expect(page.getByTestId('special')).toHaveAttribute('data-kind', 'duplicates');
  expect((await files(page)).sort()).toEqual([catAgain.name, chelsea.name].sort());
  // One of each stays: the one with more pixels.
  await page.getByTestId('keep-one').click();
  await expect(page.getByTestId('undo-text')).toHaveText('每组留了一张，移出了 1 张，原图没有动。');
  await expect(cells(page)).toHaveCount(4);
  expect(await files(page)).not.toContain(catAgain.name);
  await page.getByTestId('undo-removal').click();
  await expect(cells(page)).toHaveCount(5);
  await page.getByTestId('duplicates').click();
  await page.getByTestId('back').click();
  await expect(cells(page)).toHaveCount(5);
  await cells(page).first().click();
  await page.getByTestId('similar').click();
  await expect(page.getByTestId('special')).toContainText(chelsea.name);
  expect((await files(page)).slice(0, 2)).toEqual([chelsea.name, catAgain.name]);
  await page.getByTestId('back').click();
  await expect(cells(page)).toHaveCount(5);
});

test('a run pauses, survives a reload, goes on, and can be left', async ({ page }) => {
  // Photos of different names, enough to stop in their midst.
  const many = Array.from({ length: 60 }, (_, i) => ({ ...coffee, name: `c${i}.png` }));
  await paced(page, 1000);
  await page.goto('./#album');
  await choose(page, many);
  await page.getByTestId('pause').click();
  await expect(page.getByTestId('run')).toHaveAttribute('data-phase', 'paused');
  await expect(page.getByTestId('album')).toHaveAttribute('data-count', '60');
  await expect(page.getByTestId('group--waiting')).toBeVisible();
  // The originals reach the disk after the names of the files; a reload would lose the rest.
  const album = new AlbumPage(page);
  await expect.poll(() => album.onDisk()).toMatchObject({ originals: 60 });
  await page.getByTestId('resume').click();
  await expect(page.getByTestId('run')).not.toHaveAttribute('data-phase', 'paused');
  await unpaced(page);
  await page.reload();
  await named(page, 60);
  // Those that are in view.
  expect(new Set(await names(page))).toEqual(new Set(['浓缩咖啡']));

  const more = Array.from({ length: 60 }, (_, i) => ({ ...chelsea, name: `d${i}.png` }));
  await page.evaluate(() => sessionStorage.removeItem('unpaced'));
  await choose(page, more);
  await page.getByTestId('pause').click();
  await expect(page.getByTestId('album')).toHaveAttribute('data-count', '120');
  await page.getByTestId('remove-waiting').click();
  await page.getByTestId('remove-waiting-yes').click();
  await expect(page.getByTestId('run')).toHaveCount(0);
  const left = Number(await page.getByTestId('album').getAttribute('data-count'));
  expect(left).toBeGreaterThanOrEqual(60);
  expect(left).toBeLessThan(120);
});

test('what is listed is exported: a table, data, and a ZIP of the originals', async ({ page }) => {
  await openNamed(page);
  await page.getByTestId('group-animal').click();
  const exported = async (format: string) => {
    await page.getByTestId('export').click();
    const download = page.waitForEvent('download');
    await page.getByTestId(`export-${format}`).click();
    const file = await download;
    expect(file.suggestedFilename()).toMatch(
      new RegExp(`^识物相册-\\d{4}-\\d\\d-\\d\\d\\.${format}$`),
    );
    return readFileSync(await file.path());
  };
  const lines = (await exported('csv')).toString('utf8').split('\r\n');
  expect(lines[0]).toMatch(/^\uFEFF文件,名称/);
  expect(lines.slice(1, 3).map((line) => line.split(',')[0])).toEqual([
    chelsea.name,
    catAgain.name,
  ]);
  expect(lines).toHaveLength(4);
  const rows = JSON.parse((await exported('json')).toString('utf8')) as Row[];
  expect(rows.map((row) => row.file)).toEqual([chelsea.name, catAgain.name]);
  const zip = await exported('zip');
  expect(zip.includes(Buffer.from(`动物/猫/${chelsea.name}`))).toBe(true);
  expect(zip.includes(chelsea.buffer)).toBe(true);
  expect(zip.includes(catAgain.buffer)).toBe(true);
  expect(zip.includes(coffee.buffer)).toBe(false);
});

test('everything by keyboard: the arrows move, Enter opens, the focus comes back', async ({
  page,
}) => {
  await openNamed(page);
  await page.getByTestId('select').focus();
  await page.keyboard.press('Tab');
  await expect(cells(page).nth(0)).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(cells(page).nth(1)).toBeFocused();
  // Two keys before the first has moved the focus, as on a slow machine.
  await page.getByTestId('grid').evaluate(async (grid) => {
    for (let turn = 0; turn < 2; turn++) {
      grid.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
      await Promise.resolve(); // rendered, and its effects not yet run
    }
  });
  await expect(cells(page).nth(3)).toBeFocused();
  await page.keyboard.press('End');
  await expect(cells(page).nth(4)).toBeFocused();
  await page.keyboard.press('Home');
  await expect(cells(page).nth(0)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('photo-dialog')).toBeVisible();
  await page.getByTestId('close').focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByTestId('photo-dialog')).toContainText(coffee.name);
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('photo-dialog')).toBeHidden();
  await expect(cells(page).nth(0)).toBeFocused();
});

test('a photo is taken out; the album is emptied after a question', async ({ page }) => {
  await openNamed(page, [chelsea, coffee]);
  await cells(page).first().click();
  await page.getByTestId('take-out').click();
  await expect(page.getByTestId('photo-dialog')).toBeHidden();
  await expect(cells(page)).toHaveCount(1);
  await page.getByTestId('clear').click();
  await page.keyboard.press('Escape');
  await expect(cells(page)).toHaveCount(1);
  await page.getByTestId('clear').click();
  await page.getByTestId('clear-yes').click();
  await expect(page.getByTestId('album-empty')).toBeVisible();
  await page.reload();
  await expect(page.getByTestId('album-empty')).toBeVisible();
});

test('where nothing may be stored, the album works for this visit and says so', async ({
  page,
}) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, 'indexedDB', {
      value: {
        open: () => {
          throw new DOMException('denied', 'SecurityError');
        },
      },
    });
  });
  await openNamed(page, [chelsea, coffee]);
  await expect(page.getByText('浏览器不让本页存东西')).toBeVisible();
  await expect(cells(page)).toHaveCount(2);
  await expect(page.locator('.cell-image').first()).toBeVisible();
});

test('axe finds nothing in the album', async ({ page }) => {
  await paced(page, 1000);
  await page.goto('./#album');
  await page.getByTestId('album-empty').waitFor();
  await expectClean(page);
  await choose(page, FOLDER);
  await page.getByTestId('run').waitFor();
  await expectClean(page);
  await named(page, FOLDER.length);
  await page.getByTestId('group-animal').click();
  await page.getByTestId('export').click();
  await expectClean(page);
  await page.keyboard.press('Escape');
  await cells(page).first().click();
  await expectClean(page);
  await page.getByTestId('similar').click();
  await page.getByTestId('special').waitFor();
  await expectClean(page);
  await page.getByTestId('language-en').click();
  await expectClean(page);
});

test('by date, the months stand above their photos, and the arrows go from one to the next', async ({
  page,
}) => {
  const dated = (name: string) =>
    upload(new URL(`../fixtures/capture_time/${name}`, import.meta.url), 'image/jpeg');
  // Of May 2024, December 2023 and February 2020; the last one has no date at all.
  const photos = ['west.jpg', 'original.jpg', 'offset.jpg'].map(dated);
  await openNamed(page, photos);
  const album = new AlbumPage(page);
  await album.add(['undated.png']);
  await named(page, 4);
  await expect(page.getByTestId('month')).toHaveCount(0);
  await page.getByTestId('sort').selectOption('time');
  await expect(page.getByTestId('month')).toHaveText([
    '2024年5月 · 1 张',
    '2023年12月 · 1 张',
    '2020年2月 · 1 张',
    '没有日期 · 1 张',
  ]);
  // The last one may lie below what the window shows.
  expect((await files(page)).slice(0, 3)).toEqual(['original.jpg', 'offset.jpg', 'west.jpg']);
  await cells(page).first().focus();
  for (const file of ['offset.jpg', 'west.jpg']) {
    await page.keyboard.press('ArrowDown');
    await expect(album.cell(file)).toBeFocused();
  }
  await page.keyboard.press('ArrowUp');
  await expect(album.cell('offset.jpg')).toBeFocused();
  await expectClean(page);

  await page.keyboard.press('Enter');
  await expect(page.getByTestId('photo-date')).toHaveText(/^拍于 2023年12月31日/);
  await page.keyboard.press('ArrowRight');
  await expect(page.getByTestId('photo-date')).toHaveText(/^拍于 2020年2月29日/);
  await page.keyboard.press('ArrowRight');
  await expect(page.getByTestId('photo-date')).toHaveText('');
  await page.getByTestId('close').click();
  // It goes back in the browser's history, and that would end the reload.
  await album.photoLeft();
  await page.reload();
  await page.getByTestId('sort').selectOption('time');
  await page.getByTestId('language-en').click();
  await expect(page.getByTestId('month').first()).toHaveText('May 2024 · 1 photo');
  // Of a photo whose camera says nothing only the file has a date, and that is said.
  await choose(page, [coffee]);
  await named(page, 5);
  await expect(page.getByTestId('month').first()).toContainText('1 photo file date');
});
