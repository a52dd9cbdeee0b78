// What the package's own files need so that every bundler takes them as they are. Bundlers read whatever looks
// like `new URL('…', import.meta.url)`, `import(…)` or `require('node:…')`, and stop at, or warn of, what they
// cannot follow. Ours are meant for them; those inside ONNX Runtime and Emscripten's glue are not.
import { readFileSync, writeFileSync } from 'node:fs';

/** The programs in the bundle that look for files of their own, which we hand them instead. */
const FOREIGN = /onnxruntime-web[\\/]dist[\\/].*\.mjs$|shiwu_wasm\.mjs$/;

/** An esbuild plugin for what runs in browsers. */
export const forBrowsers = {
  name: 'for-browsers',
  setup(build) {
    // In a worker this is the same address, and no bundler looks for files at it. (webpack would even put the
    // path on the builder's disk in place of import.meta.url.)
    build.onLoad({ filter: FOREIGN }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', 'self.location.href'),
      loader: 'js',
    }));
    // ONNX Runtime asks it for the number of processors under Node. Browsers never come there.
    build.initialOptions.define = { ...build.initialOptions.define, require: 'undefined' };
  },
};

/** The same for Node, whose programs are bundled too: Next.js even follows the address through variables. */
export const forServers = {
  name: 'for-servers',
  setup(build) {
    build.onLoad({ filter: FOREIGN }, ({ path }) => {
      const code = readFileSync(path, 'utf8').replaceAll('import.meta.url', 'ownAddress');
      return { contents: `const ownAddress = [import.meta.url].join('');\n${code}`, loader: 'js' };
    });
  },
};

/** Minifying takes away the comments that tell bundlers to leave an `import(address)` alone; this puts them back. */
export function leaveImportsAlone(file) {
  const code = readFileSync(file, 'utf8');
  const marked = code.replaceAll(
    /\bimport\((?=[\w$])/g,
    'import(/*webpackIgnore:true*//*turbopackIgnore:true*//*@vite-ignore*/',
  );
  if (marked !== code) writeFileSync(file, marked);
}

/** The files beside this one that it loads while it runs, as bundlers find them. */
export function filesLoadedBy(file) {
  const code = readFileSync(file, 'utf8');
  const names = [...code.matchAll(/new URL\("\.\/([^"]+)",import\.meta\.url\)/g)];
  return [...new Set(names.map(([, name]) => name))].sort();
}
