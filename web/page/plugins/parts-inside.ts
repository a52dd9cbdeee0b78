import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const PARTS = fileURLToPath(new URL('../single/parts.ts', import.meta.url));

/** `new Worker(new URL('./name', import.meta.url), {type: 'module', …})`: the form that bundlers look for. */
const WORKER =
  /new Worker\(\s*new URL\((["'])\.\/([^"']+)\1,\s*import\.meta\.url\),\s*\{\s*type:\s*(["'])module\3,/g;
/** Vite's own, around every `import()`. */
const PRELOAD = '\0vite/preload-helper.js';
const FILE = /new URL\((["'])\.\/([^"']+)\1,\s*import\.meta\.url\)/g;

/**
 * Files and workers are found in the page itself. Workers become classic ones: browsers start no
 * module worker from a blob: address of a page that came from a disk.
 */
export function partsInside(): Plugin {
  return {
    name: 'shiwu-parts-inside',
    enforce: 'pre',
    // All code is here already: there is nothing to preload.
    load(id) {
      return id === PRELOAD ? 'export const __vitePreload = (load) => load();' : null;
    },
    transform(code, id) {
      if (id.includes('node_modules') || !code.includes('import.meta.url')) return null;
      const found = code
        .replaceAll(
          WORKER,
          (_, _quote, name: string) => `new Worker(partAddress(${script(name)}),{`,
        )
        .replaceAll(FILE, (_, _quote, name) => `partAddress(${JSON.stringify(name)})`);
      if (found === code) return null;
      return {
        code: `import { addressOf as partAddress } from ${JSON.stringify(PARTS)};\n${found}`,
        map: null,
      };
    },
  };
}

const script = (name: string) => JSON.stringify(name.replace(/\.ts$/, '.js'));
