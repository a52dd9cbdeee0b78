// The page, from the server that the tests in Chromium use.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CATS, CUPS, chelsea, coffee } from '../e2e/support/photos.js';
import { heart, shapes, star } from '../e2e/support/shapes.js';
import { serveUnder } from '../e2e/support/static-server.js';
import { album, collage, fixture } from './photos.js';
import { expect, test } from './test.js';
import { Visitor } from './visitor.js';

const { id } = Visitor;
const site = new URL('../../dist/site/', import.meta.url);

test('a photo is picked and named', async ({ tab, visitor, baseURL }) => {
  await tab.open(baseURL ?? '');
  await tab.choose(id('file-input'), fixture('photos/chelsea.png'));
  expect(CATS).toContain(await visitor.firstClass('chelsea'));
});

test('one is dropped, one is pasted', async ({ tab, visitor, baseURL }) => {
  await tab.open(baseURL ?? '');
  await visitor.drop(coffee);
  expect(CUPS).toContain(await visitor.firstClass('coffee'));
  await visitor.paste({ ...chelsea, name: 'pasted-cat.png' });
  expect(CATS).toContain(await visitor.firstClass('pasted-cat'));
});

// Of pictures, neither Firefox without a screen nor WebKitGTK gives back what `clipboard.write` was handed.
test('the address of a photo is pasted from the clipboard', async ({ tab, visitor, baseURL }) => {
  await tab.open(baseURL ?? '');
  // Only somebody who clicks may fill the clipboard.
  await tab.evaluate((address) => {
    const copy = async () => {
      await navigator.clipboard.writeText(address);
      document.body.dataset.copied = 'done';
    };
    document.addEventListener('click', () => void copy(), { once: true });
  }, `${baseURL}samples/cat.jpg`);
  await tab.click('h1');
  await expect.poll(() => visitor.attribute('body', 'data-copied')).toBe('done');
  await tab.shortcut('v');
  await visitor.sees(id('answer'));
  expect(CATS).toContain(await visitor.attribute(id('candidate'), 'data-class-id'));
});

test('JPEG of 12 MP, WebP, AVIF', async ({ tab, visitor, baseURL }, info) => {
  await tab.open(baseURL ?? '');
  const photo = await collage(tab, 4000, 3000);
  const path = info.outputPath(photo.name);
  writeFileSync(path, photo.buffer);
  await tab.choose(id('file-input'), path);
  expect([...CATS, ...CUPS]).toContain(await visitor.firstClass('collage'));
  expect(await visitor.drawn(id('preview'))).toEqual([4000]);
  for (const name of ['chelsea.webp', 'chelsea.avif', 'chelsea-turned.avif']) {
    await tab.choose(id('file-input'), fixture(`encoded/${name}`));
    expect(CATS, name).toContain(await visitor.firstClass(name));
  }
});

test('a box asks about a part', async ({ tab, visitor, baseURL }) => {
  await tab.open(baseURL ?? '');
  await visitor.drop(await collage(tab, 800, 300));
  await visitor.firstClass('collage');
  const first = () => visitor.attribute(id('candidate'), 'data-class-id');
  await tab.drag(id('region-layer'), [0.02, 0.02], [0.49, 0.98]);
  await visitor.sees(id('tool-whole'));
  await expect.poll(async () => CATS.includes((await first()) ?? ''), 'the cat').toBe(true);
  await tab.drag(id('region-layer'), [0.51, 0.02], [0.98, 0.98]);
  await expect.poll(async () => CUPS.includes((await first()) ?? ''), 'the cup').toBe(true);
});

test('an album of 50: paused, loaded again, all named, still there', async ({
  tab,
  visitor,
  baseURL,
}, info) => {
  await tab.open(`${baseURL}#album`);
  await tab.choose(id('pick-photos-input'), ...album(info.outputPath('album'), 50));
  // In the page, lest the run be over before a driver has looked twice.
  await tab.evaluate(async () => {
    const find = (testId: string) => document.querySelector(`[data-testid="${testId}"]`);
    while (!document.querySelector('[data-testid=cell][data-state=named]')) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    (find('pause') as HTMLElement).click();
  });
  await expect.poll(() => visitor.attribute(id('run'), 'data-phase')).toBe('paused');
  expect(await visitor.attribute(id('album'), 'data-count')).toBe('50');
  // Whoever leaves before a photo has been copied must put it in again.
  await expect.poll(() => visitor.countKept('shiwu.album', 'originals')).toBe(50);
  await tab.reload();
  await visitor.seesAlbumNamed(50);
  await tab.reload();
  await visitor.seesAlbumNamed(50);
  const names = await visitor.texts('.cell-name');
  expect(new Set(names).size).toBe(2);
  const widths = await visitor.drawn(`${id('cell')} img`);
  expect(new Set(widths)).toEqual(new Set([320]));
});

test('an album is left in the middle', async ({ tab, visitor, baseURL }, info) => {
  await tab.open(`${baseURL}#album`);
  await tab.choose(id('pick-photos-input'), ...album(info.outputPath('album'), 50));
  await tab.evaluate(async () => {
    const button = (id: string) => document.querySelector<HTMLElement>(`[data-testid=${id}]`);
    while (!button('remove-waiting')) await new Promise((resolve) => setTimeout(resolve, 20));
    button('remove-waiting')?.click();
    button('remove-waiting-yes')?.click();
  });
  await visitor.seesNo(id('run'));
  expect(Number(await visitor.attribute(id('album'), 'data-count'))).toBeLessThan(50);
  await tab.choose(id('pick-photos-input'), fixture('photos/chelsea.png'));
  await visitor.seesNo(id('run'));
  await visitor.sees(`${id('cell')}[data-file="chelsea.png"][data-state=named]`);
});

test('an album is exported as a table and as a ZIP', async ({
  tab,
  visitor,
  driver,
  baseURL,
}, info) => {
  await tab.open(`${baseURL}#album`);
  await tab.choose(id('pick-photos-input'), ...album(info.outputPath('album'), 2));
  await visitor.seesAlbumNamed(2);
  const exported = async (format: string) => {
    await tab.click(id('export'));
    await tab.click(id(`export-${format}`));
    const found = () => readdirSync(driver.downloads).find((name) => name.endsWith(`.${format}`));
    await expect.poll(found, `a .${format} in ${driver.downloads}`).toBeTruthy();
    const path = join(driver.downloads, found() ?? '');
    // It grows until it is whole.
    let size = 0;
    await expect
      .poll(() => {
        const before = size;
        size = readFileSync(path).length;
        return size > 0 && size === before;
      })
      .toBe(true);
    return readFileSync(path);
  };
  const lines = (await exported('csv')).toString('utf8').split('\r\n');
  expect(lines.slice(1, 3).map((line) => line.split(',')[0])).toEqual(['cat-00.png', 'cup-01.png']);
  const zip = await exported('zip');
  expect(zip.includes(chelsea.buffer)).toBe(true);
  expect(zip.includes(coffee.buffer)).toBe(true);
});

test('the history keeps a name and its small picture', async ({ tab, visitor, baseURL }) => {
  await tab.open(`${baseURL}#history`);
  await tab.click(id('history-begin'));
  await tab.click(id('place-photo'));
  await visitor.drop(coffee);
  await visitor.firstClass('coffee');
  await tab.click(id('place-history'));
  // The name is kept at once, its picture when it has been made.
  expect(await visitor.drawn(`${id('memory')} img`)).toEqual([320]);
  await tab.reload();
  expect(await visitor.drawn(`${id('memory')} img`)).toEqual([320]);
});

test("a model of one's own names, and is there at the next visit", async ({
  tab,
  visitor,
  baseURL,
}) => {
  await tab.open(baseURL ?? '');
  await visitor.drop(shapes, star);
  expect(await visitor.firstClass('star')).toBe('star');
  await tab.reload();
  await visitor.sees(id('own-model'));
  await visitor.drop(heart);
  expect(await visitor.firstClass('heart')).toBe('heart');
});

test('the second visit needs no server', async ({ tab, visitor }) => {
  const server = await serveUnder('/some/path/', site);
  try {
    await tab.open(server.address);
    await expect.poll(() => visitor.text(id('notice'))).toMatch(/离线|offline/);
    await server.close();
    await tab.reload();
    await visitor.drop(coffee);
    expect(CUPS).toContain(await visitor.firstClass('coffee'));
    await tab.click(id('place-album'));
    await tab.choose(id('pick-photos-input'), fixture('photos/chelsea.png'));
    await visitor.seesAlbumNamed(1);
  } finally {
    await server.close();
  }
});
