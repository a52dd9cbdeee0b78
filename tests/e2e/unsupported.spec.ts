// Browsers that lack what the page needs get a page that says so, within the page's policy.
import type { Page } from '@playwright/test';
import { expectClean } from './support/axe.js';
import { expect, test } from './support/test.js';

const OLD = '这个浏览器还用不了识物';
const OFF = '这里的 WebAssembly 被关掉了';

async function expectTold(page: Page, reason: 'old' | 'off', headline: string): Promise<void> {
  const told = page.getByTestId('unsupported');
  await expect(told).toHaveAttribute('data-reason', reason);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(headline);
  await expect(told).toContainText(/Chrome or Edge 95|Lockdown Mode/);
  await expect(page.getByTestId('page')).toHaveCount(0);
  await expectClean(page);
}

const LACKING: [what: string, script: string, reason: 'old' | 'off', headline: string][] = [
  ['WebAssembly SIMD', 'WebAssembly.validate = () => false', 'old', OLD],
  ['module scripts', 'delete HTMLScriptElement.prototype.noModule', 'old', OLD],
  ['WebAssembly, which is switched off', 'delete globalThis.WebAssembly', 'off', OFF],
];

for (const [what, script, reason, headline] of LACKING) {
  test(`without ${what}`, async ({ page }) => {
    await page.addInitScript(script);
    await page.goto('./');
    await expectTold(page, reason, headline);
  });
}

test('modules, but not all the words in them', async ({ page, expectedErrors }) => {
  expectedErrors.push(/Unexpected identifier/);
  await page.route('**/assets/index-*.js', (route) =>
    route.fulfill({ contentType: 'text/javascript', body: 'class Page { static { } not a word }' }),
  );
  await page.goto('./');
  await expectTold(page, 'old', OLD);
});

test('a script that did not arrive is no sign of age', async ({ page, expectedErrors }) => {
  expectedErrors.push(/ERR_FAILED/);
  await page.route('**/assets/index-*.js', (route) => route.abort());
  await page.goto('./');
  await page.waitForLoadState();
  await expect(page.getByTestId('unsupported')).toHaveCount(0);
});

test('shiwu.html says it too', async ({ page }) => {
  await page.addInitScript('WebAssembly.validate = () => false');
  await page.goto(new URL('../../build/single/shiwu.html', import.meta.url).href);
  await expectTold(page, 'old', OLD);
});

test('a browser that has all of it sees the page', async ({ shiwu, page }) => {
  await shiwu.openReady();
  await expect(page.getByTestId('unsupported')).toHaveCount(0);
});
