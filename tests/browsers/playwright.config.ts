import { fileURLToPath } from 'node:url';
import { defineConfig } from '@playwright/test';
import { freePort } from '../e2e/support/free-port.js';
import type { WorkerFixtures } from './test.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
// Playwright reads this file again in each of its processes, which inherit the first one's choice.
process.env.SHIWU_E2E_PORT ??= String(await freePort());
const port = Number(process.env.SHIWU_E2E_PORT);

/** The flows of the page, of shiwu.html and of the package, in browsers that are not Chromium. */
export default defineConfig<object, WorkerFixtures>({
  testDir: '.',
  testMatch: '*.flow.ts',
  outputDir: '../../build/browsers',
  reporter: [['list'], ['./reporter.ts']],
  // Two cores are the least that checks run on.
  workers: 2,
  retries: 0,
  timeout: 240_000,
  expect: { timeout: 120_000 },
  use: { baseURL: `http://localhost:${port}/` },
  projects: [
    { name: 'firefox', use: { engine: 'firefox' } },
    { name: 'webkit', use: { engine: 'webkit' } },
  ],
  webServer: {
    command: `npx vite preview -c web/page/vite.config.ts --port ${port} --strictPort`,
    cwd: root,
    url: `http://localhost:${port}/`,
    reuseExistingServer: false,
  },
});
