/** How to find libheif-js. */
export interface HeicOptions {
  /**
   * Where libheif-js's ES module is (`libheif-wasm/libheif-bundle.mjs` of the package), for pages
   * without a bundler. Default: the package `libheif-js`, as the bundler finds it.
   */
  readonly url?: string | URL;
}

/** Largest picture decoded when the caller sets no limit, as in ClassifierOptions. */
export const DEFAULT_MAX_PIXELS = 200_000_000;
