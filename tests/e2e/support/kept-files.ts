import type { Page } from '@playwright/test';

/** How many files the library keeps; it writes them while the page goes on. */
export const keptFiles = (page: Page) =>
  page.evaluate(async () => {
    const keys = await (await caches.open('shiwu-assets')).keys();
    return keys.filter(({ url }) => url.includes('/data/')).length;
  });
