import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** Fails with the elements that axe complains of, once all that moves or fades in has come to rest. */
export async function expectClean(page: Page): Promise<void> {
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
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
}
