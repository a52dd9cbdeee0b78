// Opens a project's page as a visitor, gives it a photo of a cat and waits for the name.
import { setTimeout as sleep } from 'node:timers/promises';
import { at, Trouble } from '../../../scripts/lib/project.mjs';

export const PHOTO = at('tests/fixtures/photos/chelsea.png');
// ImageNet's house cats by WordNet id; a page for people shows the name alone.
const CAT = /n0212[34]\d{3}|虎斑猫|虎纹猫|波斯猫|暹罗猫|埃及猫/;
const ANSWER_WITHIN = 60_000; // ms: `vite` and `next dev` compile on the first visit

/**
 * @param {import('@playwright/test').Browser} browser
 * @returns {Promise<string>} what the page answered; rejects when that is no cat, when the page or a worker
 *   complains on the console, when something is missing, and when another origin is asked for anything
 */
export async function visit(browser, url) {
  const context = await browser.newContext();
  const complaints = [];
  let files = 0;
  try {
    const page = await context.newPage();
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()))
        complaints.push(`console.${message.type()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => complaints.push(`uncaught: ${error.stack ?? error}`));
    context.on('request', (request) => {
      files += 1;
      const { protocol, origin } = new URL(request.url());
      if (!['data:', 'blob:'].includes(protocol) && origin !== new URL(url).origin)
        complaints.push(`another origin was asked: ${request.url()}`);
    });
    context.on('response', (response) => {
      if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
    });
    await page.goto(url);
    const answer = await answerOf(page, complaints);
    if (complaints.length) throw new Trouble(`It answered ${answer}, but:`);
    return `${answer}, ${files} requests`;
  } catch (error) {
    // A line of minified code may be as long as a file.
    error.message = [error.message, ...new Set(complaints)]
      .map((line) => line.slice(0, 1000))
      .join('\n  ');
    throw error;
  } finally {
    await context.close();
  }
}

async function answerOf(page, complaints) {
  const input = page.locator('input[type=file]:enabled').first();
  const started = performance.now();
  const text = () => page.locator('body').innerText();
  await input.waitFor({ timeout: ANSWER_WITHIN }).catch(() => {
    throw new Trouble(`The page has no enabled <input type="file"> after ${ANSWER_WITHIN} ms.`);
  });
  if (CAT.test(await text())) throw new Trouble('The page names a cat before it has seen one.');
  for (;;) {
    // A dev server may reload the page once it knows its dependencies: the photo is then given again.
    const given = await input.evaluate((element) => element.files.length).catch(() => 0);
    if (!given) await input.setInputFiles(PHOTO).catch(() => {});
    const found = CAT.exec(await text().catch(() => ''));
    if (found) return found[0];
    if (complaints.length) await sleep(2000); // what follows often tells more
    if (complaints.length || performance.now() - started > ANSWER_WITHIN)
      throw new Trouble(`No cat was named; the page says: ${(await text()).trim().slice(0, 300)}`);
    await sleep(100);
  }
}
