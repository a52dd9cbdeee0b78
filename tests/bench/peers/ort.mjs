// ONNX Runtime Web by hand: the photo drawn on a canvas, normalised in a loop, run on the page's own thread.
import { SIDE, shrinker } from './canvas.mjs';
import { best } from './scores.mjs';

/**
 * @param {{ threads?: number | 'cores', decode?: 'bitmap' | 'image' }} options
 * @returns {Promise<import('./contenders.mjs').Adapter>}
 */
export async function load({ threads, decode = 'bitmap' }) {
  const ort = await import('/ort/ort.wasm.bundle.min.mjs');
  ort.env.wasm.wasmPaths = `${location.origin}/ort/`;
  if (threads) {
    ort.env.wasm.numThreads = threads === 'cores' ? navigator.hardwareConcurrency : threads;
  }
  const model = await (await fetch('/models/lite0.onnx')).arrayBuffer();
  const session = await ort.InferenceSession.create(new Uint8Array(model));
  const shrink = shrinker(decode);
  const plane = SIDE * SIDE;
  return {
    async classify(file) {
      const { data } = await shrink(file);
      const tensor = new Float32Array(3 * plane);
      for (let i = 0; i < plane; i++) {
        tensor[i] = (data[4 * i] - 127) / 128;
        tensor[plane + i] = (data[4 * i + 1] - 127) / 128;
        tensor[2 * plane + i] = (data[4 * i + 2] - 127) / 128;
      }
      const input = new ort.Tensor('float32', tensor, [1, 3, SIDE, SIDE]);
      const { output } = await session.run({ input }, ['output']);
      return best(output.data, { logits: true });
    },
    dispose: () => session.release(),
  };
}
