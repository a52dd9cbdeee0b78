// <shiwu-classifier> in a page with the strict policy of the readme, as its own visitors use it.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test as base, expect, type Locator, type Page } from '@playwright/test';
import type { ShiwuError } from '../../web/src/index.js';
import { noise } from '../support/noise.js';
import { serve } from '../support/serve.mjs';
import { expectClean } from './support/axe.js';
import { holdBack } from './support/hold-back.js';
import { chelsea, coffee } from './support/photos.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const POLICY = /Content-Security-Policy: (.+)/.exec(
  readFileSync(new URL('../../README.md', import.meta.url), 'utf8'),
)?.[1];
const CAT = '埃及猫';
const COFFEE = '浓缩咖啡';

let server: Awaited<ReturnType<typeof serve>>;

/** A page around the element; whatever breaks its policy or reaches its console fails the test. */
class Stage {
  readonly breaches: string[] = [];
  readonly element: Locator;
  readonly input: Locator;
  readonly items: Locator;
  readonly names: Locator;
  readonly status: Locator;
  readonly error: Locator;

  constructor(readonly page: Page) {
    this.element = page.locator('shiwu-classifier');
    this.input = page.locator('input[type=file]');
    this.items = this.element.locator('li');
    this.names = this.element.locator('li span:first-child');
    this.status = this.element.getByRole('status');
    this.error = this.element.getByRole('alert');
    page.on('console', (message) => {
      if (message.type() === 'error') this.breaches.push(message.text());
    });
    // From the start, so that no dialog opens before Playwright is told to catch them.
    page.on('filechooser', () => {});
    page.on('pageerror', (error) => this.breaches.push(String(error)));
  }

  /** Opens a page with `body`; the element's events are kept in `window.told`. */
  async open(body: string, { lang = 'zh-CN', define = true } = {}): Promise<void> {
    const html = `<!doctype html><html lang="${lang}"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
      <link rel="icon" href="data:,"><link rel="stylesheet" href="stage.css"><title>stage</title>
      <script src="stage.js"></script>
      ${define ? '<script type="module" src="/dist/element.js"></script>' : ''}
      </head><body><main><h1>识物</h1>${body}</main></body></html>`;
    const files: Record<string, [string, string]> = {
      'stage.html': ['text/html', html],
      'stage.css': [
        'text/css',
        'body{margin:1rem;font-family:sans-serif}.mine::part(score){color:rgb(1,2,3)}.mine{--shiwu-accent:rgb(4,5,6)}.tall{height:5000px}',
      ],
      'stage.js': [
        'text/javascript',
        `window.told = [];
         for (const type of ['shiwu-progress', 'shiwu-result', 'shiwu-error'])
           addEventListener(type, ({ detail }) => told.push({ type, detail }));`,
      ],
    };
    for (const [name, [contentType, content]] of Object.entries(files)) {
      await this.page.route(`**/${name}`, (route) =>
        route.fulfill({
          contentType: `${contentType}; charset=utf-8`,
          headers: { 'content-security-policy': POLICY ?? '' },
          body: content,
        }),
      );
    }
    await this.page.goto(`${server.url}stage.html`);
  }

  async choose(file: typeof chelsea): Promise<void> {
    await this.input.setInputFiles(file);
  }

  /** How often an event was heard. */
  told(type: string): Promise<number> {
    return this.page.evaluate(
      (wanted) => window.told.filter((event) => event.type === wanted).length,
      type,
    );
  }

  async overflow(): Promise<number> {
    return this.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  }

  async isClean(): Promise<void> {
    await expectClean(this.page);
  }
}

declare global {
  interface Window {
    told: { type: string; detail: { stage?: string; code?: string } }[];
    kept: unknown;
  }
}

type Element = import('../../web/src/element/index.js').ShiwuClassifierElement;

const test = base.extend<{ stage: Stage; expected: RegExp[] }>({
  expected: async ({ page: _ }, use) => use([]),
  stage: async ({ page, expected }, use) => {
    const stage = new Stage(page);
    await use(stage);
    const unexpected = stage.breaches.filter((breach) => !expected.some((one) => one.test(breach)));
    expect(unexpected).toEqual([]);
  },
});

test.beforeAll(async () => {
  server = await serve(root);
});
test.afterAll(() => server.close());

test('a chosen photo is named in Chinese, with scores, preview and events', async ({ stage }) => {
  await stage.open('<shiwu-classifier></shiwu-classifier>');
  await expect(stage.element).toContainText('选一张照片');
  await stage.choose(chelsea);
  await expect(stage.names.first()).toHaveText(CAT);
  await expect(stage.items).toHaveCount(5);
  await expect(stage.items.first()).toHaveText(/\d+%$/);
  // Of three breeds none stands out: it is a cat.
  await expect(stage.status).toHaveText('应该是猫。');
  await expect(stage.status).toBeVisible();
  const preview = stage.element.getByRole('img');
  await expect(preview).toBeVisible();
  await expect(preview).toHaveJSProperty('naturalWidth', 451);
  await expect(stage.element).toContainText('换一张照片');
  const told = await stage.page.evaluate(() => {
    const element = document.querySelector('shiwu-classifier') as Element;
    const results = window.told.filter(({ type }) => type === 'shiwu-result');
    const progress = window.told.filter(({ type }) => type === 'shiwu-progress');
    return {
      results: results.length,
      same: results[0]?.detail === element.result,
      id: element.result?.predictions[0]?.id,
      loaded: element.classifier?.info.model.classes,
      last: progress.at(-1)?.detail.stage,
    };
  });
  expect(told).toEqual({ results: 1, same: true, id: 'n02124075', loaded: 1000, last: 'ready' });
  // Another photo takes the first one's place.
  await stage.choose(coffee);
  await expect(stage.names.first()).toHaveText(COFFEE);
  await expect(stage.status).toHaveText(
    new RegExp(`^最像${COFFEE} \\d+(\\.\\d)?%，其次.+，其次.+。$`),
  );
  expect(await stage.told('shiwu-result')).toBe(2);
  expect(await stage.told('shiwu-error')).toBe(0);
  // The same photo can be chosen again.
  await stage.choose(coffee);
  await expect.poll(() => stage.told('shiwu-result')).toBe(3);
});

test('attributes: src, top-k, lang and disabled', async ({ stage }) => {
  await stage.open(
    '<shiwu-classifier src="/tests/fixtures/photos/coffee.png" top-k="2" lang="en" disabled></shiwu-classifier>',
  );
  await expect(stage.names.first()).toHaveText('espresso');
  await expect(stage.items).toHaveCount(2);
  await expect(stage.element.getByRole('img')).toBeVisible();
  await expect(stage.input).toBeDisabled();
  await stage.element.evaluate((element) => element.setAttribute('lang', 'zh'));
  await expect(stage.names.first()).toHaveText(COFFEE);
  // Names that the answer did not come with are fetched.
  await stage.element.evaluate((element) => element.setAttribute('lang', 'zh-Hant'));
  await expect(stage.names.first()).toHaveText('濃縮咖啡');
  await stage.element.evaluate((element) => {
    element.setAttribute('lang', 'zh');
    element.removeAttribute('disabled');
    element.setAttribute('top-k', 'many');
    element.setAttribute('src', '/tests/fixtures/photos/chelsea.png');
  });
  await expect(stage.names.first()).toHaveText(CAT);
  await expect(stage.items).toHaveCount(5);
  await expect(stage.input).toBeEnabled();
});

test('names become Traditional when their table comes after the answer', async ({
  stage,
  page,
}) => {
  const release = await holdBack(page, '**/words.tsv.gz');
  await stage.open('<shiwu-classifier lang="zh-Hant"></shiwu-classifier>');
  await stage.choose(coffee);
  await expect(stage.names.first()).toHaveText(COFFEE);
  release();
  await expect(stage.names.first()).toHaveText('濃縮咖啡');
});

test('model and asset-base say what is loaded, whatever the order of the attributes', async ({
  stage,
}) => {
  await stage.open(
    '<shiwu-classifier src="tests/fixtures/shapes/star.png" model="tests/fixtures/shapes/shapes.onnx" asset-base="dist/"></shiwu-classifier>',
  );
  await expect(stage.names.first()).toHaveText('五角星');
  expect(await stage.told('shiwu-error')).toBe(0);
  // Taken away, the bundled model names the next picture.
  await stage.element.evaluate((element) => element.removeAttribute('model'));
  await stage.choose(coffee);
  await expect(stage.names.first()).toHaveText(COFFEE);
});

test('a picture that is still unanswered is named by the model of a later attribute', async ({
  stage,
  page,
}) => {
  await holdBack(page, '**/*.onnx.gz'); // that of the bundled model never comes
  await stage.open(
    '<shiwu-classifier src="tests/fixtures/shapes/star.png" asset-base="dist/"></shiwu-classifier>',
  );
  await expect.poll(() => stage.told('shiwu-progress')).toBeGreaterThan(0);
  await stage.element.evaluate((element) => {
    element.setAttribute('model', 'tests/fixtures/shapes/shapes.onnx');
  });
  await expect(stage.names.first()).toHaveText('五角星');
  expect(await stage.told('shiwu-error')).toBe(0);
  expect(await stage.told('shiwu-result')).toBe(1);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
});

test('a picture that is still unanswered when the element goes is named when it comes back', async ({
  stage,
  page,
}) => {
  const release = await holdBack(page, '**/*.onnx.gz');
  await stage.open('<shiwu-classifier src="/tests/fixtures/photos/coffee.png"></shiwu-classifier>');
  await expect.poll(() => stage.told('shiwu-progress')).toBeGreaterThan(0);
  await page.evaluate(() => {
    window.kept = document.querySelector('shiwu-classifier');
    (window.kept as Element).remove();
  });
  await expect.poll(() => page.workers().length).toBe(0); // long enough for its classifier to go
  release();
  await page.evaluate(() => document.querySelector('main')?.append(window.kept as Node));
  await expect(stage.names.first()).toHaveText(COFFEE);
  expect(await stage.told('shiwu-error')).toBe(0);
});

for (const [how, type] of [
  ['dropped', 'drop'],
  ['pasted', 'paste'],
] as const) {
  test(`a ${how} photo is named; disabled, it is left to the page`, async ({ stage }) => {
    await stage.open('<shiwu-classifier></shiwu-classifier>');
    const hand = (files: readonly (typeof chelsea)[]) =>
      stage.element.evaluate(
        (element, { type, files }) => {
          const transfer = new DataTransfer();
          for (const { name, mimeType, data } of files) {
            const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
            transfer.items.add(new File([bytes], name, { type: mimeType }));
          }
          const target = element.shadowRoot?.querySelector('input') ?? element;
          const init = { bubbles: true, composed: true, cancelable: true };
          const dispatch = (event: Event) => !target.dispatchEvent(event);
          if (type === 'paste') {
            return dispatch(new ClipboardEvent('paste', { ...init, clipboardData: transfer }));
          }
          const over = dispatch(new DragEvent('dragover', { ...init, dataTransfer: transfer }));
          const marked = element.shadowRoot?.querySelector('.over') !== null;
          const taken = dispatch(new DragEvent('drop', { ...init, dataTransfer: transfer }));
          const still = element.shadowRoot?.querySelector('.over') !== null;
          return over && marked && taken && !still;
        },
        {
          type,
          files: files.map(({ name, mimeType, buffer }) => ({
            name,
            mimeType,
            data: buffer.toString('base64'),
          })),
        },
      );
    const text = { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('no picture') };
    expect(await hand([text, chelsea])).toBe(true);
    await expect(stage.names.first()).toHaveText(CAT);
    await stage.element.evaluate((element) => element.setAttribute('disabled', ''));
    expect(await hand([coffee])).toBe(false);
    await expect(stage.names.first()).toHaveText(CAT);
    expect(await stage.told('shiwu-result')).toBe(1);
  });
}

test('slots take the place of the prompt and of the list; other children go', async ({ stage }) => {
  await stage.open(`<shiwu-classifier>
      <p id="unupgraded">这里需要 JavaScript</p>
      <strong slot="prompt">拍下你的早餐</strong>
      <p slot="result" id="own">还没有照片</p>
    </shiwu-classifier>`);
  await expect(stage.page.locator('#unupgraded')).toBeHidden();
  await expect(stage.page.getByText('拍下你的早餐')).toBeVisible();
  await expect(stage.page.locator('#own')).toBeVisible();
  await expect(stage.input).toHaveAccessibleName('拍下你的早餐');
  await stage.choose(coffee);
  await expect.poll(() => stage.told('shiwu-result')).toBe(1);
  await expect(stage.items.first()).toBeHidden();
  await expect(stage.page.locator('#own')).toBeVisible();
});

test('parts and custom properties are the page’s to style', async ({ stage }) => {
  await stage.open(
    '<shiwu-classifier class="mine" src="/tests/fixtures/photos/coffee.png"></shiwu-classifier>',
  );
  await expect(stage.names.first()).toHaveText(COFFEE);
  const parts = await stage.element.evaluate((element) =>
    [...(element.shadowRoot?.querySelectorAll('[part]') ?? [])].map(({ part }) => part.value),
  );
  expect(new Set(parts)).toEqual(
    new Set([
      ...['drop', 'label', 'hint', 'preview', 'progress', 'status', 'error'],
      ...['list', 'item', 'name', 'score', 'bar'],
    ]),
  );
  await expect(stage.items.first().locator('[part=score]')).toHaveCSS('color', 'rgb(1, 2, 3)');
  await expect(stage.element.locator('[part=label]')).toHaveCSS('color', 'rgb(4, 5, 6)');
  // The bar is as long as the score says.
  const [bar, score] = await stage.element.evaluate((element) => [
    element.shadowRoot?.querySelector<HTMLElement>('[part=bar]')?.style.getPropertyValue('--share'),
    (element as Element).result?.predictions[0]?.score,
  ]);
  expect(Number.parseFloat(bar as string)).toBeCloseTo((score as number) * 100, 6);
});

test('bad files give a sentence and an event, and the next photo is named', async ({ stage }) => {
  await stage.open('<shiwu-classifier></shiwu-classifier>');
  await stage.choose({ name: 'a.jpg', mimeType: 'image/jpeg', buffer: noise(20_000) });
  await expect(stage.error).toHaveText('这不像是一张图片，请换成 JPEG、PNG、WebP、GIF 或 BMP。');
  await expect(stage.items).toHaveCount(0);
  await expect(stage.element.getByRole('img')).toBeHidden();
  const [code, result] = await stage.page.evaluate(() => [
    window.told.find(({ type }) => type === 'shiwu-error')?.detail.code,
    (document.querySelector('shiwu-classifier') as Element).result,
  ]);
  expect([code, result]).toEqual(['unsupported-format', null]);
  await stage.element.evaluate((element) => element.setAttribute('lang', 'zh-TW'));
  await expect(stage.error).toHaveText('這不像是一張圖片，請換成 JPEG、PNG、WebP、GIF 或 BMP。');
  // An answer waits three seconds for the table of names at most.
  await stage.element.evaluate((element: Element) => element.classifier?.describe('n02124075'));
  await stage.choose(coffee);
  await expect(stage.names.first()).toHaveText('濃縮咖啡');
  await stage.element.evaluate((element) => element.setAttribute('lang', 'en'));
  await stage.choose(coffee);
  await expect(stage.names.first()).toHaveText('espresso');
  await expect(stage.error).toBeHidden();
});

test.describe('a model that does not arrive', () => {
  test.use({ expected: async ({ page: _ }, use) => use([/Failed to load resource/]) });

  test('is told, and tried again with the next photo', async ({ stage, page }) => {
    await page.route('**/models/*.onnx*', (route) => route.fulfill({ status: 404 }));
    await stage.open('<shiwu-classifier></shiwu-classifier>');
    await expect(stage.error).toBeVisible(); // it is near the window, and so was loaded unasked
    expect(await stage.told('shiwu-error')).toBe(1);
    await stage.choose(coffee);
    await expect.poll(() => stage.told('shiwu-error')).toBe(2);
    await page.unroute('**/models/*.onnx*');
    await stage.choose(coffee);
    await expect(stage.names.first()).toHaveText(COFFEE);
    await expect(stage.error).toBeHidden();
  });
});

test.describe('an address where nothing is', () => {
  // Asked for twice: by the classifier, and by the picture that shows it.
  test.use({ expected: async ({ page: _ }, use) => use([/Failed to load resource.*404/]) });

  test('classify() takes any picture, and gives up the one before', async ({ stage }) => {
    await stage.open('<shiwu-classifier></shiwu-classifier>');
    const outcome = await stage.element.evaluate(async (element: Element) => {
      const load = async (name: string) =>
        (await fetch(`/tests/fixtures/photos/${name}.png`)).blob();
      const bitmap = await createImageBitmap(await load('chelsea'));
      const told = (promise: Promise<{ predictions: readonly { label: string }[] }>) =>
        promise.then(
          ({ predictions }) => predictions[0]?.label,
          (error: ShiwuError) => error.code,
        );
      const first = told(element.classify(await load('coffee')));
      const second = told(element.classify(bitmap));
      const both = [await first, await second];
      return [...both, await told(element.classify('not a picture' as never).then((r) => r))];
    });
    expect(outcome.slice(0, 2)).toEqual(['aborted', CAT]);
    expect(['not-found', 'unreadable-input', 'unsupported-input']).toContain(outcome[2]);
    expect(await stage.told('shiwu-result')).toBe(1);
    expect(await stage.told('shiwu-error')).toBe(1); // an abort is none
  });
});

test('pixels are shown too', async ({ stage }) => {
  await stage.open('<shiwu-classifier></shiwu-classifier>');
  const widths = await stage.element.evaluate(async (element: Element) => {
    const blob = await (await fetch('/tests/fixtures/photos/coffee.png')).blob();
    const canvas = document.createElement('canvas');
    canvas.width = 2048;
    canvas.height = 1024;
    canvas.getContext('2d')?.drawImage(await createImageBitmap(blob), 0, 0, 2048, 1024);
    // The answer may come before the preview.
    const pause = () => new Promise((resolve) => setTimeout(resolve, 10));
    await element.classify(canvas);
    const image = element.shadowRoot?.querySelector('img') as HTMLImageElement;
    while (!image.src) await pause();
    await image.decode();
    const ofCanvas = image.naturalWidth;
    const before = image.src;
    // Pixels that some other code made, without the class of the browser's.
    await element.classify({ data: new Uint8ClampedArray(80 * 60 * 4), width: 80, height: 60 });
    while (image.src === before) await pause();
    await image.decode();
    return [ofCanvas, image.naturalWidth];
  });
  expect(widths).toEqual([1024, 80]);
});

test('removed, its workers end; moved, it loads nothing again', async ({ stage, page }) => {
  await stage.open('<shiwu-classifier></shiwu-classifier><section></section>');
  const models: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('.onnx')) models.push(request.url());
  });
  await stage.choose(coffee);
  await expect(stage.names.first()).toHaveText(COFFEE);
  expect(page.workers().length).toBeGreaterThan(0);
  const loads = models.length;

  await page.evaluate(async () => {
    const element = document.querySelector('shiwu-classifier') as Element;
    window.kept = element.classifier;
    document.querySelector('section')?.append(element);
    await new Promise((resolve) => setTimeout(resolve, 50));
    element.remove();
    await new Promise((resolve) => setTimeout(resolve, 50));
    document.querySelector('main')?.append(element);
  });
  await page.waitForTimeout(800);
  expect(await stage.element.evaluate((one: Element) => one.classifier === window.kept)).toBe(true);
  expect(models).toHaveLength(loads);
  await stage.choose(chelsea);
  await expect(stage.names.first()).toHaveText(CAT);

  await page.evaluate(() => {
    const element = document.querySelector('shiwu-classifier') as Element;
    window.kept = element;
    element.remove();
  });
  await expect.poll(() => page.workers().length).toBe(0);
  // Put back, it shows what it showed, and works.
  await page.evaluate(() => document.querySelector('main')?.append(window.kept as Node));
  await expect(stage.names.first()).toHaveText(CAT);
  await stage.choose(coffee);
  await expect(stage.names.first()).toHaveText(COFFEE);
});

test('removed while it looks, it is quiet', async ({ stage, page }) => {
  await page.route('**/*.onnx*', () => {}); // it never comes
  await stage.open('<shiwu-classifier></shiwu-classifier>');
  const code = await stage.element.evaluate((element: Element) => {
    const call = element.classify(new Blob(['x'])).catch((error: ShiwuError) => error.code);
    element.remove();
    return call;
  });
  expect(code).toBe('aborted');
  await expect.poll(() => page.workers().length).toBe(0);
  expect(await stage.told('shiwu-error')).toBe(0);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
});

test('a page’s own classifier is used and not disposed', async ({ stage, page }) => {
  await stage.open('', { define: true });
  const result = await page.evaluate(async () => {
    const url = '/dist/index.js';
    const { createClassifier } = (await import(url)) as typeof import('../../web/src/index.js');
    const shared = await createClassifier();
    const element = document.createElement('shiwu-classifier') as Element;
    element.classifier = shared;
    document.querySelector('main')?.append(element);
    const photo = await (await fetch('/tests/fixtures/photos/chelsea.png')).blob();
    const { predictions } = await element.classify(photo);
    element.remove();
    await new Promise((resolve) => setTimeout(resolve, 800));
    const after = await shared.classify(photo);
    await shared.dispose();
    return [predictions[0]?.label, after.predictions[0]?.label];
  });
  expect(result).toEqual([CAT, CAT]);
});

test('a page’s own classifier takes over a picture that is at work', async ({ stage, page }) => {
  await holdBack(page, '**/*.onnx.gz'); // that of the element's own never comes
  await stage.open('<shiwu-classifier src="tests/fixtures/shapes/star.png"></shiwu-classifier>');
  await expect.poll(() => stage.told('shiwu-progress')).toBeGreaterThan(0);
  await stage.element.evaluate(async (element: Element) => {
    const url = '/dist/index.js';
    const { createClassifier } = (await import(url)) as typeof import('../../web/src/index.js');
    element.classifier = await createClassifier({ model: 'tests/fixtures/shapes/shapes.onnx' });
  });
  await expect(stage.names.first()).toHaveText('五角星');
  expect(await stage.told('shiwu-error')).toBe(0);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
});

test('it loads nothing until it is near the window', async ({ stage, page }) => {
  const models: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('.onnx')) models.push(request.url());
  });
  await stage.open('<div class="tall"></div><shiwu-classifier></shiwu-classifier>');
  await page.waitForTimeout(500);
  expect(models).toEqual([]);
  await stage.element.scrollIntoViewIfNeeded();
  await expect.poll(() => models.length).toBeGreaterThan(0);
});

test('by keyboard: one stop, outlined, opens the dialog', async ({ stage, page }) => {
  await stage.open('<shiwu-classifier></shiwu-classifier><a href="#">next</a>');
  await page.keyboard.press('Tab');
  await expect(stage.input).toBeFocused();
  await expect(stage.element.locator('[part=drop]')).toHaveCSS('outline-style', 'solid');
  for (const key of ['Space', 'Enter']) {
    const dialog = page.waitForEvent('filechooser');
    await page.keyboard.press(key);
    await (await dialog).setFiles(key === 'Enter' ? coffee : []);
  }
  await expect(stage.names.first()).toHaveText(COFFEE);
  await expect(stage.input).toBeFocused();
  await expect(stage.input).toHaveAccessibleName('换一张照片');
  await page.keyboard.press('Tab');
  await expect(page.getByText('next')).toBeFocused();
  await page.evaluate(() => document.querySelector('shiwu-classifier')?.focus());
  await expect(stage.input).toBeFocused();
});

test('a click anywhere in its frame opens the dialog, and it is large enough', async ({
  stage,
  page,
}) => {
  await stage.open('<shiwu-classifier></shiwu-classifier>');
  const frame = stage.element.locator('[part=drop]');
  const box = await frame.boundingBox();
  expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44);
  const dialog = page.waitForEvent('filechooser');
  await frame.click({ position: { x: 12, y: 12 } });
  await dialog;
});

const DESKTOP = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
for (const [name, screen] of [
  ['desktop', DESKTOP],
  ['phone', PHONE],
] as const) {
  test.describe(name, () => {
    test.use({ ...screen, contextOptions: { reducedMotion: 'reduce' } });

    test('axe finds nothing; nothing is wider than 320 pixels', async ({ stage, page }) => {
      await page.route('**/*.onnx*', () => {});
      await stage.open('<shiwu-classifier></shiwu-classifier>');
      await stage.choose(coffee);
      await expect(stage.element).toContainText(/正在准备识别模型 .*MB/);
      await stage.isClean();
      await page.unrouteAll({ behavior: 'ignoreErrors' });

      await stage.open('<shiwu-classifier></shiwu-classifier>');
      await stage.isClean();
      // A finger drops nothing.
      const hint = stage.element.getByText('也可以拖到这里');
      await expect(hint).toBeVisible({ visible: screen === DESKTOP });
      await stage.choose(coffee);
      await expect(stage.names.first()).toHaveText(COFFEE);
      await stage.isClean();
      await page.setViewportSize({ width: 320, height: 640 });
      expect(await stage.overflow()).toBeLessThanOrEqual(0);
      await stage.element.evaluate((element) => element.setAttribute('lang', 'en'));
      expect(await stage.overflow()).toBeLessThanOrEqual(0);
      await stage.choose({ name: 'a.jpg', mimeType: 'image/jpeg', buffer: noise(20_000) });
      await expect(stage.error).toBeVisible();
      await stage.isClean();
      expect(await stage.overflow()).toBeLessThanOrEqual(0);
      await expect(stage.element.locator('[part=drop]')).toHaveCSS('transition-property', 'none');
    });
  });
}
