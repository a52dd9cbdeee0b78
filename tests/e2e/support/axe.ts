import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** Fails with the elements that axe complains of: everything by day, and what colours decide by night. */
export async function expectClean(page: Page): Promise<void> {
  await atRest(page);
  await complainsOfNothing(page, builder(page));
  await page.emulateMedia({ colorScheme: 'dark' });
  await atRest(page);
  await complainsOfNothing(page, builder(page).withRules(['color-contrast', 'link-in-text-block']));
  await page.emulateMedia({ colorScheme: 'light' });
}

/** Legacy: without a blank page that gathers what frames report, for there are no frames. */
const builder = (page: Page) =>
  new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] });

async function complainsOfNothing(page: Page, axe: AxeBuilder): Promise<void> {
  const { violations } = await axe.analyze();
  const found = violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]);
  const scheme = await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
  expect(found, scheme ? 'by night' : 'by day').toEqual([]);
}

/** Once all that moves or fades has come to rest. */
async function atRest(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const ends = () =>
      document
        .getAnimations()
        .filter(
          ({ playState, effect }) =>
            playState === 'running' &&
            effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY,
        )
        .map((each) => each.finished.catch(() => {}));
    for (let under = ends(); under.length > 0; under = ends()) await Promise.all(under);
  });
}
