import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { accurateModel } from './plugins/accurate-model.js';
import { contentSecurityPolicy, devHeaders, previewHeaders } from './plugins/csp.js';
import { offline } from './plugins/offline.js';
import { precompressed } from './plugins/precompressed.js';
import { sizes } from './plugins/sizes.js';
import { traditional } from './plugins/traditional.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  // Relative, so that the site works under any path of any host.
  base: './',
  // One page: an address that does not exist is a 404, not the page again.
  appType: 'mpa',
  plugins: [
    contentSecurityPolicy(),
    accurateModel(),
    sizes(),
    traditional(),
    offline(),
    precompressed(),
  ],
  resolve: {
    // The page uses the package as it is published.
    alias: {
      'shiwu/labels': here('../../dist/labels.js'),
      shiwu: here('../../dist/index.js'),
    },
  },
  worker: { format: 'es' },
  build: {
    outDir: here('../../dist/site'),
    emptyOutDir: true,
    target: 'es2022',
    // An asset inlined as a data: URL could not be fetched under `connect-src 'self'`.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { headers: devHeaders, fs: { allow: [here('../..')] } },
  preview: { headers: previewHeaders },
});
