// transformers.js: its image-classification pipeline, with the same weights and its own preprocessing.

/**
 * @param {{ threads?: number }} options
 * @returns {Promise<import('./contenders.mjs').Adapter>}
 */
export async function load({ threads }) {
  const { pipeline, env, RawImage } = await import('/transformers/transformers.min.js');
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.localModelPath = '/models/';
  env.backends.onnx.wasm.wasmPaths = `${location.origin}/transformers-ort/`;
  if (threads) env.backends.onnx.wasm.numThreads = threads;
  const classifier = await pipeline('image-classification', 'transformers', {
    device: 'wasm',
    dtype: 'fp32',
  });
  return {
    async classify(file) {
      const [{ label, score }] = await classifier(await RawImage.fromBlob(file), { top_k: 1 });
      return [Number(label), score];
    },
    dispose: () => classifier.dispose(),
  };
}
