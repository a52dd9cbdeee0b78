import {
  test as base,
  type ConsoleMessage,
  expect,
  type Page,
  type Request,
} from '@playwright/test';
import { ShiwuPage } from './shiwu-page.js';

interface Fixtures {
  shiwu: ShiwuPage;
  /** Console errors that a test brings about on purpose. */
  expectedErrors: RegExp[];
  guard: undefined;
}

/** Reach no network. A page from a server can ask for no file: the browser refuses, in the console. */
const INSIDE = ['blob:', 'data:', 'file:'];

/** How many times slower than this machine the page's threads shall be. */
const slowness = Number(process.env.SHIWU_SLOWNESS ?? 1);

async function slowDown(page: Page): Promise<void> {
  if (slowness === 1) return;
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: slowness });
}

/**
 * The page, watched: an error in the console, a breach of the content security
 * policy or a request to another origin fails whatever test it happens in.
 */
export const test = base.extend<Fixtures>({
  shiwu: async ({ page }, use) => {
    await use(new ShiwuPage(page));
  },

  expectedErrors: async ({ page: _ }, use) => {
    await use([]);
  },

  guard: [
    async ({ context, page, expectedErrors }, use) => {
      const breaches: string[] = [];
      const onConsole = (message: ConsoleMessage) => {
        if (message.type() === 'error') breaches.push(`console: ${message.text()}`);
      };
      const onRequest = (request: Request) => {
        const { protocol, hostname } = new URL(request.url());
        const own = hostname === 'localhost' || INSIDE.includes(protocol);
        if (!own) breaches.push(`request: ${request.url()}`);
      };
      context.on('console', onConsole);
      context.on('request', onRequest);
      page.on('pageerror', (error) => breaches.push(`uncaught: ${error.message}`));
      context.on('page', slowDown);
      await slowDown(page);
      await page.addInitScript(() => {
        document.addEventListener('securitypolicyviolation', (event) => {
          console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
        });
        const revoke = URL.revokeObjectURL;
        URL.revokeObjectURL = (url) => {
          const reading = [...document.images].some(
            ({ src, complete }) => src === url && !complete,
          );
          if (reading) console.error(`freed while an image reads it: ${url}`);
          revoke.call(URL, url);
        };
      });
      await use(undefined);
      const unexpected = breaches.filter(
        (breach) => !expectedErrors.some((pattern) => pattern.test(breach)),
      );
      expect(unexpected).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
