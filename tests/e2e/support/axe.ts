import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** Fails with the elements that axe complains of: everything by day, and what colours decide by night. */
export async function expectClean(page: Page): Promise<void> {
  await complainsOfNothing(page, 'by day', builder(page));
  await page.emulateMedia({ colorScheme: 'dark' });
  const colours = builder(page).withRules(['color-contrast', 'link-in-text-block']);
  await complainsOfNothing(page, 'by night', colours);
  await page.emulateMedia({ colorScheme: 'light' });
}

/** Legacy: without a blank page that gathers what frames report, for there are no frames. */
const builder = (page: Page) =>
  new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] });

async function complainsOfNothing(page: Page, when: string, axe: AxeBuilder): Promise<void> {
  await atRest(page);
  const { violations } = await axe.analyze();
  const found = violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]);
  expect(found, when).toEqual([]);
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
