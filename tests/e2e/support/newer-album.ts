import type { Page } from '@playwright/test';

/** Puts an album of a later page's in the place of this one's. */
export const keepNewerAlbum = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const deleting = indexedDB.deleteDatabase('shiwu.album');
        deleting.onsuccess = () => {
          const opening = indexedDB.open('shiwu.album', 99);
          opening.onupgradeneeded = () => opening.result.createObjectStore('later');
          opening.onsuccess = () => {
            opening.result.close();
            resolve();
          };
        };
      }),
  );
