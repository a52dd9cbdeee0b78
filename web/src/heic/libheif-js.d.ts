/** The package brings no types for its ES module. */
declare module 'libheif-js/libheif-wasm/libheif-bundle.mjs' {
  const factory: import('./libheif.js').LibheifFactory;
  export default factory;
}
