import type { Page } from '@playwright/test';
import { CATS, CUPS, chelsea, coffee } from './support/photos.js';
import { serveRenewable } from './support/renewable-site.js';
import type { ShiwuPage } from './support/shiwu-page.js';
import { serveUnder } from './support/static-server.js';
import { expect, test } from './support/test.js';

const site = new URL('../../dist/site/', import.meta.url);

test.use({ serviceWorkers: 'allow' });

/** The first visit, until it has said that it needs no network any more. */
async function firstVisit(shiwu: ShiwuPage, page: Page, address = './'): Promise<void> {
  await shiwu.openReady(address);
  await expect(page.getByTestId('notice')).toContainText('可以离线使用了');
}

for (const path of ['/', '/some/sub/path/']) {
  test(`after the first visit it works in flight mode, every room of it: ${path}`, async ({
    shiwu,
    page,
    context,
  }) => {
    const server = await serveUnder(path, site);
    try {
      await firstVisit(shiwu, page, server.address);
      await server.close();
      await context.setOffline(true);
      await page.reload();
      await shiwu.drop(coffee);
      expect(CUPS).toContain(await shiwu.firstClass());
      // Pinyin and sentences are there before the page says that it works offline.
      await expect(page.getByTestId('about')).toBeVisible();
      await shiwu.sample('cat').click();
      expect(CATS).toContain(await shiwu.firstClass());
      for (const room of ['camera', 'history', 'settings']) {
        await page.getByTestId(`place-${room}`).click();
        await expect(page.getByTestId(room)).toBeVisible();
      }
      await page.locator('input[data-testid=language-zh-hant]').check();
      await expect(page.locator('html')).toHaveAttribute('lang', 'zh-Hant');
      await page.locator('input[data-testid=language-zh]').check();
      await page.getByTestId('place-album').click();
      await page.getByTestId('pick-photos-input').setInputFiles([chelsea]);
      await expect(page.getByTestId('cell')).toHaveAttribute('data-state', 'named');
      await page.getByTestId('search').fill('没有这种东西');
      await expect(page.getByTestId('nothing')).toBeVisible();
      await page.getByTestId('search').fill('mao');
      await expect(page.getByTestId('cell')).toHaveCount(1);
      await page.getByTestId('cell').click();
      await expect(page.getByTestId('photo-large')).toBeVisible();
    } finally {
      await server.close();
    }
  });
}

test('a new version waits for a yes; then the page is loaded again, once', async ({
  shiwu,
  page,
}) => {
  const server = await serveRenewable();
  try {
    let loads = 0;
    page.on('domcontentloaded', () => loads++);
    await firstVisit(shiwu, page, server.address);
    await page.reload();
    await expect(page.getByTestId('update')).toHaveCount(0);
    server.renew();
    await page.reload();
    await expect(page.getByTestId('update')).toContainText('有新版本');
    await page.getByTestId('update-later').click();
    await expect(page.getByTestId('update')).toHaveCount(0);
    await page.reload();
    await page.getByTestId('update-now').click();
    await expect.poll(() => loads).toBe(5);
    await shiwu.sample('coffee').click();
    expect(CUPS).toContain(await shiwu.firstClass());
    await expect(page.getByTestId('update')).toHaveCount(0);
    expect(loads).toBe(5);
  } finally {
    await server.close();
  }
});

test('let in by one tab, a new version is taken by the other when it is told to', async ({
  shiwu,
  page,
  context,
}) => {
  const server = await serveRenewable();
  try {
    await firstVisit(shiwu, page, server.address);
    const other = await context.newPage();
    await other.goto(server.address);
    await other.locator('[data-testid=page][data-model=ready]').waitFor();
    server.renew();
    await page.reload();
    await expect(other.getByTestId('update')).toBeVisible();
    const reloaded = page.waitForEvent('load');
    await page.getByTestId('update-now').click();
    await reloaded;
    const again = other.waitForEvent('load');
    await other.getByTestId('update-now').click();
    await again;
    await expect(other.locator('[data-testid=page][data-model=ready]')).toBeVisible();
    await expect(other.getByTestId('update')).toHaveCount(0);
  } finally {
    await server.close();
  }
});

/** What a system does with photos that another app shares with the installed page. */
async function share(page: Page, photos: readonly (typeof chelsea)[]): Promise<string> {
  return page.evaluate(
    async (all) => {
      const form = new FormData();
      for (const { name, type, base64 } of all) {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        form.append('photos', new File([bytes], name, { type }));
      }
      const response = await fetch('./share', { method: 'POST', body: form, redirect: 'manual' });
      return response.type;
    },
    photos.map(({ name, mimeType, buffer }) => ({
      name,
      type: mimeType,
      base64: buffer.toString('base64'),
    })),
  );
}

test('shared photos: one lies on the table, several in the album', async ({ shiwu, page }) => {
  await firstVisit(shiwu, page);
  await page.reload();
  expect(await share(page, [coffee])).toBe('opaqueredirect');
  await page.goto('./?shared');
  expect(CUPS).toContain(await shiwu.firstClass());
  await expect(page.locator('.caption-name')).toHaveText('coffee.png');
  expect(new URL(page.url()).search).toBe('');
  // Two apps share before the page is there: it takes both, and they are not taken for one another.
  await share(page, [coffee]);
  await share(page, [chelsea]);
  await page.goto('./?shared');
  await expect(page.getByTestId('album')).toHaveAttribute('data-count', '2');
});

interface WebManifest {
  readonly icons: readonly { src: string; sizes: string; type: string }[];
  readonly screenshots: readonly { src: string; sizes: string; form_factor: string }[];
}

test('the manifest has what an installed page needs, and every file of it is there', async ({
  page,
  request,
}) => {
  await page.goto('./');
  const href = await page.locator('link[rel=manifest]').getAttribute('href');
  const address = new URL(href ?? '', page.url());
  const manifest = (await (await request.get(address.href)).json()) as WebManifest;
  expect(manifest).toMatchObject({
    name: '识物：这是什么？',
    short_name: '识物',
    start_url: './',
    scope: './',
    display: 'standalone',
    lang: 'zh-CN',
  });
  for (const { src, sizes, type } of manifest.icons) {
    const response = await request.get(new URL(src, address).href);
    expect(response.status(), src).toBe(200);
    if (type !== 'image/png') continue;
    const bytes = await response.body();
    expect(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`).toBe(sizes);
  }
  const forms = manifest.screenshots.map(({ form_factor }) => form_factor);
  expect(forms).toEqual(['narrow', 'wide']);
  for (const { src, sizes } of manifest.screenshots) {
    const size = await page.evaluate(async (url) => {
      const { width, height } = await createImageBitmap(await (await fetch(url)).blob());
      return `${width}x${height}`;
    }, new URL(src, address).href);
    expect(size).toBe(sizes);
  }
});

test('the model and the runtimes are kept once: the page keeps neither of them', async ({
  shiwu,
  page,
}) => {
  await firstVisit(shiwu, page);
  const kept = await page.evaluate(async () => {
    const found: Record<string, string[]> = {};
    for (const name of await caches.keys()) {
      const requests = await (await caches.open(name)).keys();
      found[name.split('-http')[0] ?? name] = requests.map(({ url }) => new URL(url).pathname);
    }
    return found;
  });
  expect(Object.keys(kept).sort()).toEqual(['shiwu-assets', 'shiwu-precache-v2']);
  const precached = kept['shiwu-precache-v2'] ?? [];
  expect(precached).toContain('/index.html');
  expect(precached.filter((path) => /\.(gz|onnx|wasm)$|webgpu/.test(path))).toEqual([]);
});

test('it is offered for installing, quietly, and only where it can be', async ({ page }) => {
  await page.goto('./');
  await expect(page.getByTestId('install')).toHaveCount(0);
  await page.evaluate(() => {
    const event = new Event('beforeinstallprompt', { cancelable: true });
    Object.assign(event, { prompt: async () => Object.assign(window, { prompted: true }) });
    window.dispatchEvent(event);
  });
  await page.getByTestId('install').click();
  expect(await page.evaluate(() => 'prompted' in window)).toBe(true);
  await expect(page.getByTestId('install')).toHaveCount(0);
});

test('where there are no service workers, the page works without', async ({ shiwu, page }) => {
  await page.addInitScript(() => {
    navigator.serviceWorker.register = () => Promise.reject(new DOMException('', 'SecurityError'));
  });
  await shiwu.openReady();
  await shiwu.sample('coffee').click();
  expect(CUPS).toContain(await shiwu.firstClass());
});
