// shiwu.html, opened from the disk.
import { CATS, CUPS, coffee } from '../e2e/support/photos.js';
import { shapes, star } from '../e2e/support/shapes.js';
import { fixture } from './photos.js';
import { expect, test } from './test.js';
import { Visitor } from './visitor.js';

const { id } = Visitor;
const FILE = new URL('../../build/single/shiwu.html', import.meta.url).href;

test('from the disk: photos are picked and dropped', async ({ tab, visitor }) => {
  await tab.open(FILE);
  await tab.choose(id('file-input'), fixture('photos/chelsea.png'));
  expect(CATS).toContain(await visitor.firstClass('chelsea.png'));
  await visitor.drop(coffee);
  expect(CUPS).toContain(await visitor.firstClass('coffee'));
});

test('from the disk: WebP and AVIF', async ({ tab, visitor }) => {
  await tab.open(FILE);
  for (const name of ['chelsea.webp', 'chelsea.avif', 'chelsea-turned.avif']) {
    await tab.choose(id('file-input'), fixture(`encoded/${name}`));
    expect(CATS, name).toContain(await visitor.firstClass(name));
  }
});

test('from the disk: an album with its small pictures', async ({ tab, visitor }) => {
  await tab.open(`${FILE}#album`);
  const photos = ['photos/chelsea.png', 'photos/coffee.png', 'encoded/chelsea.webp'];
  await tab.choose(id('pick-photos-input'), ...photos.map(fixture));
  await visitor.seesAlbumNamed(3);
  expect(await visitor.drawn(`${id('cell')} img`)).toEqual([320, 320, 320]);
});

test("from the disk: a model of one's own", async ({ tab, visitor }) => {
  await tab.open(FILE);
  await visitor.drop(shapes, star);
  expect(await visitor.firstClass('star')).toBe('star');
});
