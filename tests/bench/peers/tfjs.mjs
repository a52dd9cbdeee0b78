// TensorFlow.js on its wasm backend, bundled to what it uses; the photo becomes a tensor whole, as its
// guides show, or is drawn on a small canvas first.
import { middle, SIDE, shrinker } from './canvas.mjs';
import { best } from './scores.mjs';

/**
 * @param {{ threads?: number, canvas?: boolean, decode?: 'bitmap' | 'image' }} options
 * @returns {Promise<import('./contenders.mjs').Adapter>}
 */
export async function load({ threads, canvas = false, decode = 'bitmap' }) {
  const tf = await import('/bundles/tfjs.js');
  tf.setWasmPaths(`${location.origin}/tfjs-wasm/`);
  if (threads) tf.setThreadsCount(threads);
  await tf.setBackend('wasm');
  const model = await tf.loadGraphModel(`${location.origin}/models/tfjs/model.json`);
  const shrink = canvas ? shrinker(decode) : undefined;

  const whole = (bitmap) => {
    const { left, top, side } = middle(bitmap.width, bitmap.height);
    const pixels = tf.browser.fromPixels(bitmap);
    const [y, x] = [top, left].map(Math.round);
    const square = tf.slice(pixels, [y, x, 0], [Math.round(side), Math.round(side), 3]);
    return tf.image.resizeBilinear(square, [SIDE, SIDE]);
  };
  const run = (pixels) =>
    tf.tidy(() => {
      const values = tf.div(tf.sub(pixels(), 127), 128);
      return model.execute(tf.expandDims(values));
    });

  return {
    async classify(file) {
      let scores;
      if (shrink) {
        const small = await shrink(file);
        scores = run(() => tf.browser.fromPixels(small));
      } else {
        const bitmap = await createImageBitmap(file);
        scores = run(() => whole(bitmap));
        bitmap.close();
      }
      const values = await scores.data();
      scores.dispose();
      return best(values, { logits: false });
    },
    dispose: () => model.dispose(),
  };
}
