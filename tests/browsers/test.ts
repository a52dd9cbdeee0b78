import { test as base, expect } from '@playwright/test';
import { startFirefox } from './drivers/puppeteer.js';
import type { Driver, Tab } from './drivers/tab.js';
import { startWebKit } from './drivers/webkit.js';
import { type Engine, GAPS } from './gaps.js';
import { Visitor } from './visitor.js';

export interface WorkerFixtures {
  readonly engine: Engine;
  readonly driver: Driver;
}

interface Fixtures {
  readonly tab: Tab;
  readonly visitor: Visitor;
  readonly gap: undefined;
}

/** Named by scripts/test-browsers.mjs, which finds them. */
function path(variable: string): string {
  const found = process.env[variable];
  if (!found) throw new Error(`${variable} is not set: start this by npm run test:browsers`);
  return found;
}

function start(engine: Engine): Promise<Driver> {
  return engine === 'firefox'
    ? startFirefox(path('FIREFOX_PATH'))
    : startWebKit(path('WEBKIT_DRIVER_PATH'), path('XVFB_PATH'));
}

/** Playwright runs the tests; the browsers are driven by their own protocols, as they are shipped. */
export const test = base.extend<Fixtures, WorkerFixtures>({
  engine: ['firefox', { option: true, scope: 'worker' }],

  driver: [
    async ({ engine }, use, info) => {
      const driver = await start(engine);
      console.log(`${info.project.name}: ${driver.name}`);
      await use(driver);
      await driver.close();
    },
    { scope: 'worker', timeout: 180_000 },
  ],

  tab: async ({ driver }, use, info) => {
    const tab = await driver.openTab();
    await use(tab);
    if (info.status !== info.expectedStatus) {
      const picture = await tab.screenshot().catch(() => undefined);
      if (picture) await info.attach('screen', { body: picture, contentType: 'image/png' });
    }
    await tab.close();
  },

  visitor: async ({ tab }, use) => {
    await use(new Visitor(tab));
  },

  gap: [
    // After the tab: a browser that does not start is no gap.
    async ({ engine, tab: _ }, use, info) => {
      const gap = GAPS.find((one) => one.engine === engine && one.test === info.title);
      if (gap) {
        info.annotations.push({ type: 'gap', description: gap.bug });
        info.fail(true, gap.bug);
      }
      await use(undefined);
    },
    { auto: true },
  ],
});

export { expect };
