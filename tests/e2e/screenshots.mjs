/**
 * Takes the page as a visitor sees it, at phone and desktop width, light and dark.
 *
 *   node tests/e2e/screenshots.mjs <folder> [address of a running preview] [states, by commas]
 *
 * Without an address (or with an empty one) it serves dist/site itself. CHROME_PATH names the browser.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { preview } from 'vite';

const [folder, given, chosen] = process.argv.slice(2);
if (!folder) {
  console.error('usage: node tests/e2e/screenshots.mjs <folder> [address] [state,state]');
  process.exit(2);
}

const SIZES = {
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  desktop: { viewport: { width: 1280, height: 800 } },
};

const fixture = (name) => fileURLToPath(new URL(`../fixtures/shapes/${name}`, import.meta.url));
const SHAPES = fixture('shapes.onnx');

/** Through the photos' picker, which is there in every state; the page tells models by their name. */
async function putInModel(page, file) {
  await page.getByTestId('file-input').setInputFiles(file);
}

const STATES = {
  empty: async (page) => {
    await page.locator('[data-testid=page][data-model=ready]').waitFor();
  },
  loading: async (page) => {
    await page.getByTestId('sample-coffee').click();
    await page.getByTestId('progress-bytes').getByText('MB').waitFor();
  },
  result: async (page) => {
    await page.getByTestId('sample-coffee').click();
    await page.getByTestId('answer').waitFor();
  },
  category: async (page) => {
    await page.getByTestId('sample-cat').click();
    await page.getByTestId('answer').waitFor();
  },
  english: async (page) => {
    await page.getByTestId('language-en').click();
    await page.getByTestId('sample-coffee').click();
    await page.getByTestId('answer').waitFor();
  },
  error: async (page) => {
    await page.getByTestId('file-input').setInputFiles({
      name: '假日.jpg',
      mimeType: 'image/jpeg',
      buffer: Buffer.from('this is text, not a photo'),
    });
    await page.getByTestId('error').waitFor();
  },
  own: async (page) => {
    await putInModel(page, SHAPES);
    await page.getByTestId('own-model').waitFor();
  },
  ownResult: async (page) => {
    await putInModel(page, SHAPES);
    await page.getByTestId('file-input').setInputFiles(fixture('star.png'));
    await page.getByTestId('answer').waitFor();
  },
  ownEnglish: async (page) => {
    await page.getByTestId('language-en').click();
    await putInModel(page, SHAPES);
    await page.getByTestId('own-model').waitFor();
  },
  ownRefused: async (page) => {
    await page.getByTestId('sample-coffee').click();
    await page.getByTestId('answer').waitFor();
    await page.getByTestId('file-input').setInputFiles({
      name: 'resnet.onnx',
      mimeType: '',
      buffer: Buffer.from('this is text, not a model'),
    });
    await page.getByTestId('exchange-failed').waitFor();
  },
  ownLoading: async (page) => {
    await page.locator('[data-testid=page][data-model=ready]').waitFor();
    await page.route('**/worker-*.js', () => {});
    await putInModel(page, SHAPES);
    await page.getByTestId('exchanging').waitFor();
  },
  drop: async (page) => {
    await page.evaluate(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['x'], 'x.jpg', { type: 'image/jpeg' }));
      window.dispatchEvent(new DragEvent('dragenter', { dataTransfer: transfer }));
    });
  },
};

/** Holds the model's last bytes back, so that the bar is seen on its way. */
async function holdModel(page) {
  await page.route('**/lite0*.gz', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 8000));
    await route.continue().catch(() => {});
  });
}

/**
 * Makes the window as high as the page. Playwright's own full-page shot would
 * drop the emulated touch screen while it is taken, and show the mouse's words.
 */
async function unroll(page) {
  const { width, height } = page.viewportSize();
  const full = await page.evaluate(() => document.documentElement.scrollHeight);
  if (full > height) await page.setViewportSize({ width, height: full });
}

const server = given
  ? null
  : await preview({
      configFile: fileURLToPath(new URL('../../web/page/vite.config.ts', import.meta.url)),
      preview: { port: 4178, strictPort: true },
    });
const address = given || 'http://localhost:4178/';
await mkdir(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROME_PATH,
  args: ['--disable-gpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
});
for (const [size, device] of Object.entries(SIZES)) {
  for (const colorScheme of ['light', 'dark']) {
    for (const [state, reach] of Object.entries(STATES)) {
      if (chosen && !chosen.split(',').includes(state)) continue;
      const context = await browser.newContext({ ...device, colorScheme, deviceScaleFactor: 2 });
      const page = await context.newPage();
      if (state === 'loading') await holdModel(page);
      await page.goto(address);
      await reach(page);
      await page.waitForTimeout(1200);
      if (state !== 'drop') await unroll(page);
      await page.screenshot({ path: join(folder, `${size}-${colorScheme}-${state}.png`) });
      await context.close();
    }
  }
}
await browser.close();
await server?.close();
