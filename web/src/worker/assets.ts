/** The files that the worker loads, and where they are. */
import type { Download } from '../model/download.js';

/** Byte sizes of the bundled files, put in by scripts/build-lib.mjs: progress bars need totals. */
declare const SHIWU_ASSET_BYTES: { core: number; runtime: number; model: number };

export interface Assets {
  readonly core: Download;
  readonly runtime: Download;
  readonly model: Download;
}

/** Without a base, each file is found by an expression that bundlers recognise and rewrite. */
export function locateAssets(base: string | undefined): Assets {
  const bytes = SHIWU_ASSET_BYTES;
  const at = (name: string, bundled: URL): string =>
    base === undefined ? bundled.href : new URL(name, base).href;
  return {
    core: {
      url: at('shiwu_wasm.wasm', new URL('./shiwu_wasm.wasm', import.meta.url)),
      bytes: bytes.core,
    },
    runtime: {
      url: at(
        'ort-wasm-simd-threaded.wasm',
        new URL('./ort-wasm-simd-threaded.wasm', import.meta.url),
      ),
      bytes: bytes.runtime,
    },
    model: {
      url: at('models/lite0.onnx', new URL('./models/lite0.onnx', import.meta.url)),
      bytes: bytes.model,
    },
  };
}
