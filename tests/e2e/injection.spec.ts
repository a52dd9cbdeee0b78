// Names of files, and all that a model says, are somebody else's text: shown as it is, never run.
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { chelsea, coffee } from './support/photos.js';
import { upload } from './support/shiwu-page.js';
import { expect, test } from './support/test.js';

test.use({ contextOptions: { reducedMotion: 'reduce' } });

const hostile = upload(new URL('../fixtures/models/hostile.onnx', import.meta.url), '');
interface Factory {
  readonly trustedTypes: { createPolicy(name: string, rules: object): unknown };
}

const MARKUP = '<img src=x onerror="window.harmed=1">';
const photo = (name: string) => ({ ...chelsea, name });

/** Nothing ran, no element of theirs stands in the page, and the policy had nothing to stop. */
async function unharmed(page: Page): Promise<void> {
  expect(await page.evaluate(() => 'harmed' in window)).toBe(false);
  await expect(page.locator('img[src=x], script:not([src])')).toHaveCount(0);
}

/** The names in an archive's central directory (APPNOTE 4.3.12). */
function entriesOf(zip: Buffer): string[] {
  const names: string[] = [];
  for (
    let at = zip.indexOf('PK\u0001\u0002');
    at >= 0;
    at = zip.indexOf('PK\u0001\u0002', at + 1)
  ) {
    names.push(zip.toString('utf8', at + 46, at + 46 + zip.readUInt16LE(at + 28)));
  }
  return names;
}

test('a hostile model: its texts are text, in every room and every language', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady();
  await shiwu.drop(hostile);
  await expect(shiwu.ownModel).toContainText(`名字${MARKUP}`);
  await shiwu.drop(photo(`${MARKUP}.png`));
  await expect(shiwu.candidates.first()).toContainText("=cmd|' /C calc'!A");
  await expect(shiwu.candidates.first()).toContainText(MARKUP);
  await unharmed(page);
  await page.getByTestId('own-details').click();
  await unharmed(page);
  await page.keyboard.press('Escape');
  for (const room of ['album', 'history', 'settings', 'camera', '']) {
    await page.goto(`./#${room}`);
    await unharmed(page);
  }
});

test('a hostile model in the album: a table that runs nothing, a ZIP that stays in its folder', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady();
  await shiwu.drop(hostile);
  await expect(shiwu.ownModel).toBeVisible();
  await shiwu.drop(photo('=HYPERLINK("x").png'), { ...coffee, name: `${MARKUP}.png` });
  await expect(page.getByTestId('album')).toHaveAttribute('data-count', '2');
  await expect(page.getByTestId('run')).toHaveCount(0);
  await unharmed(page);
  const exported = async (format: string) => {
    await page.getByTestId('export').click();
    const download = page.waitForEvent('download');
    await page.getByTestId(`export-${format}`).click();
    return readFileSync(await (await download).path());
  };
  const table = (await exported('csv')).toString('utf8');
  for (const cell of table.slice(1).split(/[\r\n,]+/)) expect(cell).not.toMatch(/^"?[=+@-]/);
  expect(table).toContain(`"'=cmd|' /C calc'!A`);
  const names = entriesOf(await exported('zip'));
  expect(names).toHaveLength(2);
  for (const name of names) {
    expect(name).not.toMatch(/(^|\/)\.\.?(\/|$)|^\/|\\|[<>"]/);
  }
  await unharmed(page);
});

test('markup as code, and scripts of elsewhere, are refused by the page itself', async ({
  shiwu,
  page,
  expectedErrors,
}) => {
  expectedErrors.push(/Trusted|require-trusted-types|trusted-types|unsafe-eval|script-src/);
  await shiwu.openReady();
  const refused = await page.evaluate(async () => {
    // What a debugger evaluates may make code of text; what comes after it may not.
    await new Promise((resolve) => setTimeout(resolve));
    const attempts = {
      markup: () => {
        document.createElement('div').innerHTML = '<b>x</b>';
      },
      elsewhere: () => new Worker('https://example.com/x.js'),
      inline: () => new Worker('data:text/javascript,1'),
      code: () => (new Function('return 1') as () => unknown)(),
      policy: () => (globalThis as unknown as Factory).trustedTypes.createPolicy('mine', {}),
    };
    return Object.entries(attempts).map(([name, attempt]) => {
      try {
        attempt();
        return `${name}: allowed`;
      } catch (error) {
        return `${name}: ${(error as Error).name}`;
      }
    });
  });
  expect(refused).toEqual([
    'markup: TypeError',
    'elsewhere: TypeError',
    'inline: TypeError',
    'code: EvalError',
    'policy: TypeError',
  ]);
});
