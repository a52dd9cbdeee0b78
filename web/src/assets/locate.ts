/** The files that the library loads, and where they are. */

export interface Asset {
  readonly name: string;
  readonly url: string;
  /** Size in bytes as packed on the server; 0: not known beforehand. */
  readonly bytes: number;
  /** Hex SHA-256 of the packed file; undefined: not known beforehand. */
  readonly sha256: string | undefined;
  /** The same of the unpacked file, which is what arrives where the host unpacks on the way. */
  readonly plain?: Measure | undefined;
}

export interface Measure {
  readonly bytes: number;
  readonly sha256: string;
}

export interface Assets {
  readonly core: Asset;
  /** The same with relaxed SIMD. */
  readonly coreRelaxed: Asset;
  readonly runtime: Asset;
  readonly webgpuRuntime: Asset;
  readonly model: Asset;
  /** What is to be said of each class and category, by its id. */
  readonly words: Asset;
  /** ONNX Runtime's glue, a module that its threads import by URL. */
  readonly threadsGlue: string;
}

/** Of the files in dist, put in by scripts/build-lib.mjs. */
declare const SHIWU_ASSETS: Record<
  'core' | 'coreRelaxed' | 'runtime' | 'webgpuRuntime' | 'model' | 'words',
  Measure & { readonly plain: Measure }
>;

/**
 * SHA-256 of the .onnx files whose answers are held to ONNX Runtime's wherever shiwu is built, put in by
 * scripts/build-lib.mjs: the models that ship.
 */
declare const SHIWU_HELD: readonly string[];

export function isHeld(sha256: string | undefined): boolean {
  return sha256 !== undefined && SHIWU_HELD.includes(sha256);
}

/** Without a base, each file is found by an expression that bundlers recognise and rewrite. */
export function locateAssets(base: string | undefined): Assets {
  // With a base, the expression must not even be looked at: esbuild's default format has no import.meta.url.
  // Without one, Next.js answers it by a URL that has no origin.
  const at = (name: string, bundled: () => URL): string =>
    base === undefined
      ? new URL(bundled().href, globalThis.location?.href).href
      : new URL(name, base).href;
  const asset = (kind: keyof typeof SHIWU_ASSETS, name: string, bundled: () => URL): Asset => ({
    name: lastPart(name),
    url: at(name, bundled),
    ...SHIWU_ASSETS[kind],
  });
  return {
    core: asset(
      'core',
      'shiwu_wasm.wasm.gz',
      () => new URL('./shiwu_wasm.wasm.gz', import.meta.url),
    ),
    coreRelaxed: asset(
      'coreRelaxed',
      'shiwu_wasm_relaxed.wasm.gz',
      () => new URL('./shiwu_wasm_relaxed.wasm.gz', import.meta.url),
    ),
    runtime: asset(
      'runtime',
      'ort-wasm-simd-threaded.wasm.gz',
      () => new URL('./ort-wasm-simd-threaded.wasm.gz', import.meta.url),
    ),
    webgpuRuntime: asset(
      'webgpuRuntime',
      'ort-wasm-simd-threaded.asyncify.wasm.gz',
      () => new URL('./ort-wasm-simd-threaded.asyncify.wasm.gz', import.meta.url),
    ),
    model: asset(
      'model',
      'models/lite0.onnx.gz',
      () => new URL('./models/lite0.onnx.gz', import.meta.url),
    ),
    words: asset(
      'words',
      'models/words.tsv.gz',
      () => new URL('./models/words.tsv.gz', import.meta.url),
    ),
    threadsGlue: at('ort-threads.mjs', () => new URL('./ort-threads.mjs', import.meta.url)),
  };
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
