import type { BrowserContext } from '@playwright/test';
import { AlbumPage, paced, unpaced } from './support/album-page.js';
import { expectClean } from './support/axe.js';
import { green } from './support/bad-files.js';
import { keepNewerAlbum } from './support/newer-album.js';
import { shapes } from './support/shapes.js';
import { expect, test } from './support/test.js';

/**
 * Nothing is lost: what the page says is done is stored, whenever it is reloaded and whatever another tab does.
 * A slow machine is one throttled six times (three times in the quick run); a reload comes in the same task as what it
 * follows, so that the page's thread has no quiet moment between them.
 */

const SLOW = process.env.SHIWU_FULL ? 6 : 3;

/** Ten of ten must hold; fewer turns where nothing is being measured. */
const TURNS = Number(process.env.SHIWU_TURNS ?? 1);

const files = (count: number, name = 'p') =>
  Array.from({ length: count }, (_, i) => `${name}${i}.png`);
const uncorrected = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, null]));

test.use({ contextOptions: { reducedMotion: 'reduce' } });

async function tab(context: BrowserContext): Promise<AlbumPage> {
  const album = new AlbumPage(await context.newPage());
  await album.open();
  return album;
}

const phase = ({ page }: AlbumPage) => page.getByTestId('run').getAttribute('data-phase');
/** `count` photos have come in, and each has a name. */
async function named({ page }: AlbumPage, count: number): Promise<void> {
  await expect(page.getByTestId('album')).toHaveAttribute('data-count', String(count));
  await expect(page.getByTestId('run')).toHaveCount(0, { timeout: 60_000 });
}

test('a correction, a removal and its undo outlive a reload in the same task', async ({ page }) => {
  test.setTimeout(60_000 * (1 + TURNS));
  const album = new AlbumPage(page);
  await album.open();
  await album.add(['a.png', 'b.png']);
  await named(album, 2);
  await album.throttle(SLOW);
  for (let turn = 0; turn < TURNS; turn++) {
    await album.correct('a.png', `第${turn}次`, true);
    await album.shows({ 'a.png': `第${turn}次`, 'b.png': null }, `corrected, turn ${turn}`);
    await album.takeOut('a.png');
    await album.shows({ 'b.png': null });
    await album.undo(true);
    await album.shows({ 'a.png': `第${turn}次`, 'b.png': null }, `brought back, turn ${turn}`);
    await album.takeOut('b.png', true);
    await album.shows({ 'a.png': `第${turn}次` }, `taken out, turn ${turn}`);
    await expect(page.getByTestId('undo-bar')).toHaveCount(0);
    await album.answerYes('clear', true);
    await expect(page.getByTestId('album-empty'), `cleared, turn ${turn}`).toBeVisible();
    await album.add(['a.png', 'b.png']);
    await expect(page.getByTestId('album')).toHaveAttribute('data-count', '2');
    await named(album, 2);
    await album.reload();
  }
});

test('two tabs: what one does appears in the other, by field', async ({ context }) => {
  test.setTimeout(60_000 * (1 + TURNS));
  const one = await tab(context);
  const other = await tab(context);
  await one.throttle(SLOW);
  await other.throttle(SLOW);
  await one.add(files(4));
  await other.shows(uncorrected(files(4)), 'added');
  await named(one, 4);
  await named(other, 4);
  for (let turn = 0; turn < TURNS; turn++) {
    await one.correct('p0.png', `甲${turn}`);
    await other.shows({ ...uncorrected(files(4)), 'p0.png': `甲${turn}` }, `heard, turn ${turn}`);
    await other.correct('p1.png', `乙${turn}`, true);
    const both = { ...uncorrected(files(4)), 'p0.png': `甲${turn}`, 'p1.png': `乙${turn}` };
    await one.shows(both, `heard of one who reloaded, turn ${turn}`);
    await other.shows(both, `stored, turn ${turn}`);
    await other.takeOut('p0.png');
    const { 'p0.png': _, ...rest } = both;
    await one.shows(rest, `removed, turn ${turn}`);
    await expect(other.page.getByTestId('undo-bar')).toBeVisible(); // the others may hear of it before
    expect(await other.undo()).toBe(true);
    await one.shows(both, `brought back, turn ${turn}`);
    await one.answerYes('clear', true);
    await other.shows({}, `cleared, turn ${turn}`);
    await other.reload();
    await other.shows({}, `still cleared, turn ${turn}`);
    await other.add(files(4));
    await one.shows(uncorrected(files(4)), `added anew, turn ${turn}`);
    await named(one, 4);
    await named(other, 4);
  }
});

test('two tabs: what one could not tell any more, its next page does', async ({ context }) => {
  await context.addInitScript(() => localStorage.setItem('shiwu.history', 'on'));
  const one = await tab(context);
  const other = await tab(context);
  // As the news of a page that ends: not heard, or heard before the disk has it.
  const fallSilent = () =>
    one.page.evaluate(() => {
      BroadcastChannel.prototype.postMessage = () => {};
    });
  await one.add(files(2));
  await other.shows(uncorrected(files(2)), 'added');
  await named(other, 2);
  await fallSilent();
  await one.answerYes('clear', true);
  await other.shows({}, 'cleared by one who reloaded');

  await one.page.getByTestId('place-photo').click();
  await one.page.getByTestId('file-input').setInputFiles(green());
  await one.page.getByTestId('answer').waitFor();
  for (const { page } of [one, other]) await page.getByTestId('place-history').click();
  const memories = ({ page }: AlbumPage) => page.getByTestId('memory');
  for (const each of [one, other]) await expect(memories(each)).toHaveCount(1);
  await fallSilent();
  await one.page.getByTestId('memory-forget').evaluate((button: HTMLElement) => {
    button.click();
    location.reload();
  });
  await expect(memories(other)).toHaveCount(0);
});

test('two tabs: one names, the other says so, hears of the names, and takes over', async ({
  context,
}) => {
  test.setTimeout(60_000 * (1 + TURNS));
  await paced(context, 200);
  const many = files(150);
  let one = await tab(context);
  const other = await tab(context);
  for (let turn = 0; turn < TURNS; turn++) {
    await one.throttle(SLOW);
    await one.add(many);
    const run = other.page.getByTestId('run');
    await expect(run, `turn ${turn}`).toHaveAttribute('data-phase', 'elsewhere');
    await expect(run).toContainText('另一个标签页正在认');
    expect(await phase(one)).toBe('running');
    // A correction of what is not yet named stands when the other tab has named it.
    await other.correct('p20.png', `更正${turn}`);
    await expect(one.page.locator('[data-testid=cell][data-state=named]').first()).toBeVisible();
    await expect(other.page.locator('[data-testid=cell][data-state=named]').first()).toBeVisible();
    expect(await phase(one), 'not yet done').toBe('running');
    await expect
      .poll(() => other.onDisk(), 'without originals nobody can go on')
      .toMatchObject({ originals: 150 });
    await unpaced(other.page);
    await one.page.close();
    await named(other, 150);
    await other.reload();
    await named(other, 150);
    await expect(other.cell('p20.png')).toContainText(`更正${turn}`);
    await expect(other.page.locator('[data-testid=cell]:not([data-state=named])')).toHaveCount(0);
    await other.answerYes('clear');
    await other.shows({});
    await other.reload();
    one = await tab(context);
  }
});

test('two tabs: each can pause the run, and let it go on', async ({ context }) => {
  await paced(context, 1000);
  const one = await tab(context);
  const other = await tab(context);
  await one.throttle(SLOW);
  await one.add(files(40));
  const run = (album: AlbumPage) => album.page.getByTestId('run');
  await expect(run(other)).toHaveAttribute('data-phase', 'elsewhere');
  await other.page.getByTestId('pause').click();
  await expect(run(one)).toHaveAttribute('data-phase', 'paused');
  await other.page.getByTestId('resume').click();
  await expect(run(one)).not.toHaveAttribute('data-phase', 'paused');
  for (const { page } of [one, other]) await unpaced(page); // either may have the run now
  await named(one, 40);
  await named(other, 40);
});

test('cleared while photos still come in: none stays, in this tab or the other', async ({
  context,
}) => {
  test.setTimeout(60_000 * (1 + TURNS));
  const one = await tab(context);
  const other = await tab(context);
  await one.throttle(SLOW);
  const many = files(400);
  for (let turn = 0; turn < TURNS; turn++) {
    for (const clearing of [one, other]) {
      await one.add(many);
      await clearing.page.getByTestId('clear').waitFor();
      await clearing.answerYes('clear');
      await expect(clearing.page.getByTestId('album-empty'), `turn ${turn}`).toBeVisible();
      expect(await clearing.count()).toBe(0);
      await other.reload();
      await expect.poll(() => one.count(), { message: `turn ${turn}` }).toBe(0);
      await expect.poll(() => other.count(), { message: `turn ${turn}` }).toBe(0);
      await one.reload();
      expect(await one.count(), `turn ${turn}`).toBe(0);
    }
  }
});

test('what has no name leaves after a question, and comes back', async ({ page }) => {
  test.slow();
  await paced(page, 300);
  const album = new AlbumPage(page);
  await album.open();
  await album.add(['named.png']);
  await named(album, 1);
  await album.throttle(SLOW);
  await album.add(files(60));
  await page.getByTestId('pause').click();
  const waiting = async () =>
    Number(await page.getByTestId('group--waiting').getAttribute('data-count'));
  await expect(page.getByTestId('run')).toHaveAttribute('data-phase', 'paused');
  await expect.poll(() => album.count()).toBe(61); // those still coming in would count later
  await page.getByTestId('remove-waiting').click();
  const question = page.locator('.ask[open]');
  await expect(async () => {
    const asked = `把还没认的 ${await waiting()} 张照片移出相册`;
    await expect(question).toContainText(asked, { timeout: 500 });
  }).toPass();
  await page.keyboard.press('Escape');
  const all = await album.count();
  await album.answerYes('remove-waiting');
  // What was under way when it was paused has a name by now, and stays.
  await expect(page.getByTestId('undo-text')).toContainText(/未认的 \d+ 张已移出相册/);
  const gone = Number((await page.getByTestId('undo-text').textContent())?.match(/\d+/)?.[0]);
  await expect.poll(() => album.count()).toBe(all - gone);
  await expect(page.getByTestId('group--waiting')).toHaveCount(0);
  await page.keyboard.press('Control+z');
  await expect.poll(() => album.count()).toBe(all);
  await expect(page.getByTestId('run')).toHaveAttribute('data-phase', 'paused');
  await unpaced(page);
  await page.getByTestId('resume').click();
  await named(album, all);
});

test('an undo brings all of it back: names, corrections, small pictures, originals', async ({
  page,
}) => {
  const album = new AlbumPage(page);
  await album.open();
  await album.add(files(3));
  await named(album, 3);
  await album.correct('p1.png', '滕王阁');
  await album.shows({ 'p0.png': null, 'p1.png': '滕王阁', 'p2.png': null });
  const before = await page.getByTestId('cell').allTextContents();
  await album.answerYes('clear');
  await expect(page.getByTestId('undo-text')).toHaveText('相册已清空，移出了 3 张。');
  // Held on to by whoever is about to press it.
  await page.getByTestId('undo-removal').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('undo-bar')).toHaveCount(0);
  await album.reload();
  expect(await page.getByTestId('cell').allTextContents()).toEqual(before);
  await expect(page.locator('.cell-image')).toHaveCount(3);
  await album.cell('p1.png').click();
  await expect(page.getByTestId('photo-large')).toBeVisible();
  await expect(page.locator('.photo-small')).toHaveCount(0);
});

const kept = async (album: AlbumPage) => Object.values(await album.onDisk());
const nothing = [0, 0, 0, 0, 0, 0];

test('what was removed leaves the disk when it cannot be undone any more', async ({ page }) => {
  const album = new AlbumPage(page);
  await page.clock.install();
  await album.open();
  await album.add(files(2));
  await named(album, 2);
  await album.correct('p1.png', '滕王阁');
  await album.answerYes('clear');
  expect(await kept(album)).not.toEqual(nothing);
  await page.clock.runFor(25_000);
  await expect(page.getByTestId('undo-bar')).toHaveCount(0);
  await expect.poll(() => kept(album)).toEqual(nothing);

  await album.add(files(2));
  await named(album, 2);
  await album.answerYes('clear', true);
  await expect.poll(() => kept(album)).toEqual(nothing);
});

test('what one tab could still bring back leaves the disk when that tab has gone', async ({
  context,
}) => {
  const one = await tab(context);
  const other = await tab(context);
  await one.add(files(2));
  await named(one, 2);
  await one.answerYes('clear');
  await expect(one.page.getByTestId('undo-bar')).toBeVisible();
  await other.reload();
  await other.shows({});
  expect(await kept(other)).not.toEqual(nothing);
  await one.page.close();
  await expect.poll(() => kept(other)).toEqual(nothing);
});

test('the history has an answer in the moment in which it appears', async ({ shiwu, page }) => {
  test.setTimeout(60_000 * (1 + TURNS));
  await page.addInitScript(() => localStorage.setItem('shiwu.history', 'on'));
  const album = new AlbumPage(page);
  await shiwu.openReady();
  await album.throttle(SLOW);
  for (let turn = 0; turn < TURNS; turn++) {
    await page.evaluate(() => {
      document.documentElement.dataset.before = '';
      new MutationObserver(() => {
        if (document.querySelector('[data-testid=answer]')) location.reload();
      }).observe(document.body, { childList: true, subtree: true });
    });
    await shiwu.drop(green());
    await page.locator('html:not([data-before]) [data-testid=page][data-model=ready]').waitFor();
    await page.getByTestId('place-history').click();
    await expect(page.getByTestId('memory'), `turn ${turn}`).toHaveCount(turn + 1);
    await page.getByTestId('place-photo').click();
  }
});

test('a setting outlives a reload in the same task', async ({ page }) => {
  await page.goto('./#settings');
  await new AlbumPage(page).throttle(SLOW);
  const sizes = ['large', 'huge', 'small'];
  for (let turn = 0; turn < TURNS; turn++) {
    const size = `text-${sizes[turn % sizes.length]}`;
    await page.getByTestId(size).evaluate((input: HTMLInputElement) => {
      input.click();
      document.documentElement.dataset.before = '';
      location.reload();
    });
    await page.locator('html:not([data-before]) [data-testid=settings]').waitFor();
    await expect(page.getByTestId(size), `turn ${turn}`).toBeChecked();
  }
});

test("history's removals and one's own model come back, and go when the page goes", async ({
  shiwu,
  page,
}) => {
  await page.addInitScript(() => localStorage.setItem('shiwu.history', 'on'));
  await shiwu.openReady();
  await shiwu.drop(shapes);
  await expect(shiwu.ownModel).toBeVisible();
  await shiwu.drop(green());
  await shiwu.answer.waitFor();
  await page.getByTestId('place-history').click();
  await expect(page.getByTestId('memory')).toHaveCount(1);
  await page.getByTestId('history-clear').click();
  await page.getByTestId('history-clear-yes').click();
  await expect(page.getByTestId('memory')).toHaveCount(0);
  await page.keyboard.press('Control+z');
  await expect(page.getByTestId('memory')).toHaveCount(1);
  await page.getByTestId('memory-forget').click();
  await expect(page.getByTestId('undo-text')).toHaveText('已删掉 1 条记录。');
  await page.reload();
  await expect(page.getByTestId('history')).toHaveAttribute('data-count', '0');

  await page.getByTestId('place-settings').click();
  await page.getByTestId('erase-own').click();
  await page.getByTestId('erase-own-yes').click();
  await expect(page.getByTestId('undo-text')).toHaveText(`已清除 ${shapes.name}。`);
  await expect(page.getByTestId('storage-own')).toHaveCount(0);
  await page.getByTestId('undo-removal').click();
  await expect(page.getByTestId('storage-own')).toBeVisible();
  await expect(page.getByTestId('now')).toContainText('图形识别');
  await page.getByTestId('erase-own').click();
  await page.getByTestId('erase-own-yes').click();
  await expect(page.getByTestId('undo-bar')).toBeVisible();
  await page.reload();
  await expect(page.getByTestId('storage-model')).toContainText('B'); // all that is kept has been looked for
  await expect(page.getByTestId('storage-own')).toHaveCount(0);
});

test('an album of a newer version is left alone, and the page still works', async ({ page }) => {
  await page.goto('./#settings');
  await keepNewerAlbum(page);
  const album = new AlbumPage(page);
  await page.goto('./#album');
  await page.reload();
  await album.opened();
  await expect(page.getByText('这个浏览器里的相册是新版识物存的')).toBeVisible();
  await album.add(files(2));
  await named(album, 2);
  await album.correct('p0.png', '滕王阁');
  await album.shows({ 'p0.png': '滕王阁', 'p1.png': null });
  await album.takeOut('p0.png');
  await album.shows({ 'p1.png': null });
  await album.undo();
  await album.shows({ 'p0.png': '滕王阁', 'p1.png': null });
});

test('axe finds nothing in the question and the way back', async ({ page }) => {
  const album = new AlbumPage(page);
  await album.open();
  await album.add(files(2));
  await named(album, 2);
  await page.getByTestId('clear').click();
  await expectClean(page);
  await page.getByTestId('clear-yes').click();
  await expect(page.getByTestId('undo-bar')).toBeVisible();
  await expectClean(page);
  await page.getByTestId('undo-removal').focus();
  await expectClean(page);
});
