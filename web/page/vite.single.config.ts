import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { oneFile } from './plugins/one-file.js';
import { partsInside } from './plugins/parts-inside.js';
import { sizes } from './plugins/sizes.js';
import { traditional } from './plugins/traditional.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** shiwu.html: the page, the library and the model in one file, which opens from a disk. */
export default defineConfig({
  root: here('.'),
  mode: 'single',
  plugins: [sizes(), traditional(), partsInside(), oneFile()],
  resolve: {
    alias: [
      { find: 'shiwu/labels', replacement: here('../../dist/labels.js') },
      { find: /^shiwu$/, replacement: here('single/library.ts') },
      { find: 'shiwu-as-published', replacement: here('../../dist/index.js') },
      { find: /^.*\/site-file\.js$/, replacement: here('single/site-file.ts') },
    ],
  },
  build: {
    outDir: here('../../build/single'),
    emptyOutDir: true,
    target: 'es2022',
    copyPublicDir: false,
    cssCodeSplit: false,
    modulePreload: false,
    rolldownOptions: {
      input: here('src/main.tsx'),
      output: { format: 'iife' },
    },
  },
});
