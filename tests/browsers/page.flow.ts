// The page, from the server that the tests in Chromium use.
import { fileURLToPath } from 'node:url';
import { CATS, CUPS, chelsea, coffee } from '../e2e/support/photos.js';
import { expect, test } from './test.js';
import { Visitor } from './visitor.js';

const { id } = Visitor;
const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

test('a photo is picked and named', async ({ tab, visitor, baseURL }) => {
  await tab.open(baseURL ?? '');
  await tab.choose(id('pick-input'), fixture('photos/chelsea.png'));
  expect(CATS).toContain(await visitor.firstClass('chelsea'));
});

test('one is dropped, one is pasted', async ({ tab, visitor, baseURL }) => {
  await tab.open(baseURL ?? '');
  await visitor.drop(coffee);
  expect(CUPS).toContain(await visitor.firstClass('coffee'));
  await visitor.paste({ ...chelsea, name: 'pasted-cat.png' });
  expect(CATS).toContain(await visitor.firstClass('pasted-cat'));
});
