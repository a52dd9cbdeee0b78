// nsfwjs with the network that its package brings along: five classes of another kind, so its answers are
// never compared.

/** @returns {Promise<import('./contenders.mjs').Adapter>} */
export async function load() {
  const { tf, setWasmPaths, nsfwjs, MobileNetV2Model } = await import('/bundles/nsfwjs.js');
  setWasmPaths(`${location.origin}/tfjs-wasm/`);
  await tf.setBackend('wasm');
  const model = await nsfwjs.load('MobileNetV2', { modelDefinitions: [MobileNetV2Model] });
  const classes = ['Drawing', 'Hentai', 'Neutral', 'Porn', 'Sexy'];
  return {
    async classify(file) {
      const image = new Image();
      image.src = URL.createObjectURL(file);
      await image.decode();
      const [{ className, probability }] = await model.classify(image, 1);
      URL.revokeObjectURL(image.src);
      return [classes.indexOf(className), probability];
    },
    dispose: () => model.dispose(),
  };
}
