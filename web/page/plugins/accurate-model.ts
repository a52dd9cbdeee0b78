import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { packAsset } from '../../../scripts/lib/pack-asset.mjs';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
export const MODEL = here('../../../models/bundles/lite2/lite2.onnx');
export const PACKED = here('../../../build/site/lite2.onnx.gz');

/** Lays lite2 beside the page, for those who choose it; the library brings lite0. */
export function accurateModel(): Plugin {
  return {
    name: 'shiwu-accurate-model',
    apply: 'build',
    async generateBundle() {
      await packAsset(MODEL, PACKED);
      this.emitFile({
        type: 'asset',
        fileName: 'models/lite2.onnx.gz',
        source: readFileSync(PACKED),
      });
    },
  };
}
