/** dist/heic-url-worker.js: for pages without a bundler, which say where libheif-js is. */
import type { LibheifFactory } from './libheif.js';
import { serve } from './serve.js';

serve(async (url) => {
  const library = (await import(/* @vite-ignore */ /* webpackIgnore: true */ url as string)) as {
    default: LibheifFactory;
  };
  return library.default;
});
