import { fileURLToPath } from 'node:url';
import { defineConfig, devices } from '@playwright/test';
import { launchOptions } from './support/browser.js';
import { freePort } from './support/free-port.js';

const slowness = Number(process.env.SHIWU_SLOWNESS ?? 1);

const root = fileURLToPath(new URL('../..', import.meta.url));
// Playwright reads this file again in each of its processes, which inherit the first one's choice.
process.env.SHIWU_E2E_PORT ??= String(await freePort());
const port = Number(process.env.SHIWU_E2E_PORT);

/** What a phone changes: a finger where a mouse was, and little room. */
const FINGERS = ['accessibility', 'camera', 'photo-tools', 'teach', 'trust', 'viewer', 'where'];

/** The same logic at another width: `npm test` leaves it to the desktop, `.ci/run` looks here as well. */
const NARROW = [
  'about',
  'bad-input',
  'history',
  'language',
  'loading',
  'naming',
  'own-sheet',
  'photo-album',
  'settings',
  'unsupported',
];

const phone = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
  userAgent: devices['Pixel 7'].userAgent,
};

const specs = (names: readonly string[]) => names.map((name) => `${name}.spec.ts`);

/** Runs on the built site (`npm run build` first), as a visitor gets it. */
export default defineConfig({
  testDir: '.',
  outputDir: '../../build/e2e',
  reporter: 'list',
  // Two cores are the least that checks run on, and a test that waits leaves its own to a third.
  workers: 3,
  retries: 0,
  // Bounds against hanging: SHIWU_SLOWNESS=6 slows the pages' threads down as many times (support/test.ts).
  timeout: 60_000 * slowness,
  expect: { timeout: 30_000 * slowness },
  use: {
    baseURL: `http://localhost:${port}/`,
    locale: 'zh-CN',
    launchOptions: launchOptions(),
  },
  projects: [
    // Each visit would fill the cache for flight mode; the specs that are about that allow it.
    {
      name: 'desktop',
      use: { viewport: { width: 1280, height: 800 }, serviceWorkers: 'block' },
    },
    { name: 'phone', testMatch: specs(FINGERS), use: phone },
    { name: 'narrow', testMatch: specs(NARROW), use: phone },
  ],
  webServer: {
    command: `npx vite preview -c web/page/vite.config.ts --port ${port} --strictPort`,
    cwd: root,
    url: `http://localhost:${port}/`,
    reuseExistingServer: false,
  },
});
