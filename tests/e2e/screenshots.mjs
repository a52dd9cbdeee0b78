/**
 * Takes the page as a visitor sees it, at phone and desktop width, light and dark.
 *
 *   node tests/e2e/screenshots.mjs <folder> [states, by commas] [zh | zh-hant | en]
 *
 * It serves dist/site itself. CHROME_PATH names the browser, SHIWU_PHOTOS a folder of photos for the album.
 */
import { readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { preview } from 'vite';

const [folder, chosen, language = 'zh'] = process.argv.slice(2);
if (!folder) {
  console.error('usage: node tests/e2e/screenshots.mjs <folder> [state,state] [zh | zh-hant | en]');
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

const PHOTOS =
  process.env.SHIWU_PHOTOS ?? fileURLToPath(new URL('../fixtures/photos', import.meta.url));
const photos = readdirSync(PHOTOS)
  .filter((name) => /\.(jpe?g|png|webp)$/.test(name))
  .map((name) => join(PHOTOS, name));

async function fillAlbum(page) {
  await page.getByTestId('place-album').click();
  await page.getByTestId('pick-photos-input').setInputFiles(photos);
  await page.locator(`[data-testid=album][data-count="${photos.length}"]`).waitFor();
  await page.getByTestId('run').waitFor({ state: 'hidden' });
}

const enter = (place) => async (page) => {
  await page.getByTestId(`place-${place}`).click();
  await page.getByTestId('room-waiting').waitFor({ state: 'hidden' });
};

async function namedCoffee(page) {
  await page.getByTestId('sample-coffee').click();
  await page.getByTestId('answer').waitFor();
}

const STATES = {
  album: fillAlbum,
  albumEmpty: enter('album'),
  albumPhoto: async (page) => {
    await fillAlbum(page);
    await page.getByTestId('cell').first().click();
    await page.locator('dialog[open]').waitFor();
  },
  camera: enter('camera'),
  cameraLive: async (page) => {
    await enter('camera')(page);
    // Where the browser may ask no more, the camera opens with its room.
    const button = page.getByTestId('open-camera');
    await button.or(page.locator('video')).first().waitFor();
    if (await button.isVisible()) await button.click();
    await page.locator('video').waitFor();
    await page.waitForTimeout(4000);
  },
  historyEmpty: enter('history'),
  history: async (page) => {
    await enter('settings')(page);
    await page.getByTestId('keep-history').check();
    await enter('photo')(page);
    // Of one's own: samples are not remembered.
    for (const photo of photos.slice(0, 3)) {
      await page.getByTestId('file-input').setInputFiles(photo);
      await page.getByTestId('answer').waitFor();
      await page.waitForTimeout(800);
    }
    await enter('history')(page);
  },
  settings: enter('settings'),
  trust: async (page) => {
    await page.getByTestId('trust-line').click();
    await page.getByTestId('trust-sheet').waitFor();
  },
  card: async (page) => {
    await page.locator('[data-testid=page][data-model=ready]').waitFor();
    await enter('settings')(page);
    await page.getByTestId('open-card').click();
    await page.getByTestId('card-facts').waitFor();
  },
  keys: async (page) => {
    await page.keyboard.press('?');
    await page.getByTestId('keys-sheet').waitFor();
  },
  region: async (page) => {
    await namedCoffee(page);
    await page.keyboard.press('r');
    await page.waitForTimeout(500);
  },
  ask: async (page) => {
    await page.locator('[data-testid=page][data-model=ready]').waitFor();
    await putInModel(
      page,
      fileURLToPath(new URL('../fixtures/models/any-size.onnx', import.meta.url)),
    );
    await page.getByTestId('own-sheet').waitFor();
    await page.getByTestId('own-numbers').click();
  },
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

const server = await preview({
  configFile: fileURLToPath(new URL('../../web/page/vite.config.ts', import.meta.url)),
  preview: { port: 4178, strictPort: true },
});
const address = 'http://localhost:4178/';
await mkdir(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROME_PATH,
  args: [
    '--disable-gpu',
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ],
});
for (const [size, device] of Object.entries(SIZES)) {
  for (const colorScheme of ['light', 'dark']) {
    for (const [state, reach] of Object.entries(STATES)) {
      if (chosen && !chosen.split(',').includes(state)) continue;
      const context = await browser.newContext({
        ...device,
        colorScheme,
        deviceScaleFactor: 2,
        // Else "ready for flight mode" lies over whatever is looked at.
        serviceWorkers: 'block',
      });
      const page = await context.newPage();
      await page.addInitScript(
        (chosen) => localStorage.setItem('shiwu.language', chosen),
        language,
      );
      if (state === 'loading') await holdModel(page);
      await page.goto(address);
      await reach(page);
      await page.waitForTimeout(1200);
      if (state !== 'drop' && !(await page.locator('dialog[open]').count())) await unroll(page);
      await page.screenshot({
        path: join(folder, `${size}-${colorScheme}-${language}-${state}.png`),
      });
      await context.close();
    }
  }
}
await browser.close();
await server.close();
