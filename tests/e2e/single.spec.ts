// shiwu.html from a disk, with the network off.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { expectClean } from './support/axe.js';
import { CATS, CUPS, chelsea, coffee } from './support/photos.js';
import { heart, shapes, star } from './support/shapes.js';
import { expect, test } from './support/test.js';

const FILE = new URL('../../build/single/shiwu.html', import.meta.url);
const PLACES = ['album', 'camera', 'history', 'settings', 'photo'];

test.use({ contextOptions: { reducedMotion: 'reduce' } });

const asked: string[] = [];
test.beforeEach(async ({ context }) => {
  asked.length = 0;
  context.on('request', (request) => asked.push(request.url()));
  await context.setOffline(true);
});
test.afterEach(() => {
  // The file once, and what lies in it.
  const [file, ...others] = asked;
  expect(file).toMatch(/^file:.*\.html$/);
  expect(others.filter((url) => !/^(blob|data):/.test(url))).toEqual([]);
});

test('a photo is named: dropped, picked, or one of the samples', async ({ shiwu, page }) => {
  await shiwu.openReady(FILE.href);
  await shiwu.drop(chelsea);
  expect(CATS).toContain(await shiwu.firstClass());
  await expect(shiwu.headline).toContainText('猫');
  await expect(page.getByTestId('about')).not.toBeEmpty();
  await page.getByTestId('language-zh-hant').click();
  await expect(shiwu.headline).toContainText('貓');
  await page.getByTestId('language-zh').click();
  await shiwu.drop(coffee);
  await expect(shiwu.preview).toHaveAttribute('alt', /coffee/);
  expect(CUPS).toContain(await shiwu.firstClass());
  await shiwu.choose(chelsea);
  await expect(shiwu.preview).toHaveAttribute('alt', /chelsea/);
  expect(CATS).toContain(await shiwu.firstClass());
  await shiwu.sample('coffee').click();
  await expect(shiwu.preview).toHaveAttribute('alt', /咖啡/);
  expect(CUPS).toContain(await shiwu.firstClass());
  await page.getByTestId('language-en').click();
  await expect(shiwu.headline).toContainText(/espresso|cup|mug/i);
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  const drawn = (image: HTMLImageElement) => image.complete && image.naturalWidth > 0;
  for (const name of ['cat', 'dogs', 'coffee', 'brushes']) {
    await expect.poll(() => shiwu.sample(name).locator('img').evaluate(drawn)).toBe(true);
  }
});

test('it is drawn before the parts have been read, and a photo put in at once is named', async ({
  shiwu,
  page,
}) => {
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (!document.querySelector('[data-testid=page]')) return;
      observer.disconnect();
      document.documentElement.dataset.partsWhenDrawn = String(
        document.querySelectorAll('[data-part]').length,
      );
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto(FILE.href, { waitUntil: 'commit' });
  await shiwu.sample('cat').click();
  expect(CATS).toContain(await shiwu.firstClass());
  await expect(page.locator('html')).toHaveAttribute('data-parts-when-drawn', '0');
  // Unpacked, their text is let go.
  await expect(page.locator('[data-part]')).toHaveCount(0);
});

test('every room opens, by its tab and by its address, and axe finds nothing', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady(FILE.href);
  for (const place of PLACES) {
    await page.getByTestId(`place-${place}`).click();
    await expect(shiwu.root).toHaveAttribute('data-place', place);
    await expect(page.getByTestId('room-waiting')).toHaveCount(0);
    await expect(page.getByRole('main')).toBeVisible();
    await expectClean(page);
  }
  await page.goBack();
  await expect(page.getByTestId('settings')).toBeVisible();
});

test('an album of two photos, with its small pictures', async ({ shiwu, page }) => {
  await shiwu.openReady(`${FILE.href}#album`);
  await page.getByTestId('pick-photos-input').setInputFiles([chelsea, coffee]);
  await expect(page.getByTestId('album')).toHaveAttribute('data-count', '2');
  await expect(page.locator('.cell-name')).toHaveText(['猫', '浓缩咖啡']);
  const widths = () =>
    page
      .getByTestId('cell')
      .locator('img')
      .evaluateAll((all) => all.map((image) => (image as HTMLImageElement).naturalWidth));
  await expect.poll(widths).toEqual([320, 320]);
});

test('where the browser keeps nothing for files, all works as long as the page is open', async ({
  shiwu,
  page,
}) => {
  await page.addInitScript(() => {
    const refuse = {
      get() {
        throw new DOMException('refused', 'SecurityError');
      },
    };
    for (const name of ['localStorage', 'indexedDB', 'caches']) {
      Object.defineProperty(window, name, refuse);
    }
  });
  await shiwu.openReady(FILE.href);
  await shiwu.drop(chelsea, coffee);
  await expect(page.locator('.cell-name')).toHaveText(['猫', '浓缩咖啡']);
  for (const place of PLACES) {
    await page.getByTestId(`place-${place}`).click();
    await expect(page.getByTestId('room-waiting')).toHaveCount(0);
  }
  await shiwu.drop(chelsea);
  expect(CATS).toContain(await shiwu.firstClass());
});

test("a model of one's own takes the place of the one inside, and gives it back", async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady(FILE.href);
  await shiwu.drop(shapes, star);
  expect(await shiwu.firstClass()).toBe('star');
  await shiwu.drop(heart);
  await expect(shiwu.headline).toContainText('心形');
  await page.getByTestId('default-model').click();
  await shiwu.drop(coffee);
  await expect(shiwu.preview).toHaveAttribute('alt', /coffee/);
  expect(CUPS).toContain(await shiwu.firstClass());
});

test('settings and trust speak of this file: nothing to fetch, nobody to talk to', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady(`${FILE.href}#settings`);
  await expect(page.getByTestId('now')).toContainText('Lite0');
  await expect(page.getByTestId('only-inside')).toContainText('单文件版');
  await expect(page.locator('input[name=model], input[name=backend]')).toHaveCount(0);
  await expect(page.getByTestId('storage-model')).toHaveCount(0);
  await page.getByTestId('open-trust').click();
  await expect(page.getByTestId('policy')).toContainText('connect-src blob: data:');
  await expect(page.getByTestId('requests')).toContainText('一次也没有');
});

test('the policy allows what is inside, and no more', async ({ page }) => {
  const html = readFileSync(FILE, 'utf8');
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
  expect(policy).toMatch(
    /^default-src 'none'; script-src 'sha256-[^ ]+' 'sha256-[^ ]+' 'wasm-unsafe-eval'; style-src 'sha256-[^ ]+'; /,
  );
  expect(policy).toContain('connect-src blob: data:; worker-src blob:;');
  expect(policy).not.toMatch(/unsafe-inline|unsafe-eval(?<!wasm-unsafe-eval)|https?:|\*/);
  expect(html).not.toMatch(/<script[^>]*\ssrc=|<link[^>]*href="(?!data:)/);
  await page.goto(FILE.href);
});

test('a file that was cut short says so', async ({ shiwu, page }, info) => {
  const whole = readFileSync(FILE);
  const cut = info.outputPath('识物 剪短.html');
  writeFileSync(cut, whole.subarray(0, whole.length * 0.9));
  await shiwu.open(pathToFileURL(cut).href);
  await expect(page.getByTestId('model-failed')).toHaveAttribute(
    'data-error-code',
    'truncated-download',
  );
  await expect(page.getByTestId('model-failed')).toContainText('这个网页文件不完整');
  await page.getByTestId('model-retry').click();
  await expect(page.getByTestId('model-failed')).toContainText('请重新取一份');
});
