import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { packAsset } from '../../../scripts/lib/pack-asset.mjs';
import { MODEL, PACKED } from './accurate-model.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const ID = 'virtual:sizes';

/** Tells the page how much there is to download, as it is sent: of each file that it names, its size. */
export function sizes(): Plugin {
  return {
    name: 'shiwu-sizes',
    resolveId: (id) => (id === ID ? `\0${ID}` : null),
    async load(id) {
      if (id !== `\0${ID}`) return null;
      const dist = (name: string) => statSync(here(`../../../dist/${name}`)).size;
      const accurate = await packAsset(MODEL, PACKED);
      const bytes = {
        fast: dist('models/lite0.onnx.gz'),
        accurate: accurate.bytes,
        ort: dist('ort-wasm-simd-threaded.wasm.gz'),
        webgpu: dist('ort-wasm-simd-threaded.asyncify.wasm.gz'),
      };
      return `export const bytes = ${JSON.stringify(bytes)};`;
    },
  };
}
