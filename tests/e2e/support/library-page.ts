// An empty page with the package's own files beside it, and what a test says to them.
import { fileURLToPath } from 'node:url';
import { test as base } from '@playwright/test';
import { serve } from '../../support/serve.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));

type Library = typeof import('../../../web/src/index.js');
type Classifier = Awaited<ReturnType<Library['createClassifier']>>;
declare global {
  interface Window {
    shiwu: Library;
    /** Only after `openClassifier`. */
    classifier: Classifier;
    /** A file of tests/fixtures/photos. */
    photo(name: string): Promise<Blob>;
    /** The code that a promise is rejected with, or 'resolved'. */
    codeOf(promise: Promise<unknown>): Promise<string>;
  }
}

interface Fixtures {
  /** Whether the page is cut off from other origins, so that there are threads. */
  readonly isolated: boolean;
  /** Loads the library into the page, and a classifier with these options unless they are null. */
  readonly openClassifier: (options?: object | null) => Promise<void>;
}

export const test = base.extend<Fixtures>({
  isolated: [true, { option: true }],
  openClassifier: async ({ page, isolated }, use) => {
    const server = await serve(root, { isolated });
    await use(async (options = {}) => {
      await page.goto(server.url);
      await page.evaluate(async (wanted) => {
        const url = '/dist/index.js';
        window.shiwu = (await import(url)) as Library;
        window.photo = async (name) => (await fetch(`/tests/fixtures/photos/${name}`)).blob();
        window.codeOf = (promise) =>
          promise.then(
            () => 'resolved',
            (error) => (error instanceof window.shiwu.ShiwuError ? error.code : String(error)),
          );
        if (wanted) window.classifier = await window.shiwu.createClassifier(wanted);
      }, options);
    });
    server.close();
  },
});

export { expect } from '@playwright/test';
