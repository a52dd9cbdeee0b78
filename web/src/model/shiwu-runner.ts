/** Networks on the core's own engine. */
import { ShiwuError } from '../errors.js';
import type { CoreEngine, CoreHead, HeapPixels, Places } from '../runtime/core.js';
import type { Network } from '../types.js';
import type { Manifest } from './manifest.js';
import type { NetworkOutput, OpenRunner, Runner } from './runner.js';

/** Milliseconds of layers between two questions whether to go on. */
const SLICE_MS = 8;

export const openShiwuRunner: OpenRunner = async (core, _runtime, file, { size, featureMap }) =>
  new ShiwuRunner(core.loadEngine(file, size, featureMap));

class ShiwuRunner implements Runner {
  readonly engine = 'shiwu';
  readonly network: Network;

  constructor(private readonly loaded: CoreEngine) {
    const { input, outputs, tapped } = loaded;
    this.network = { inputs: [input], outputs: tapped ? [...outputs, tapped] : outputs };
  }

  take(pixels: HeapPixels, { input }: Manifest): void {
    this.loaded.take(pixels, input);
  }

  set(tensor: Float32Array, { input }: Manifest): void {
    this.loaded.set(input.layout === 'NCHW' ? interleave(tensor) : tensor);
  }

  async run(
    { outputs }: Manifest,
    checkpoint: () => Promise<void>,
    head?: CoreHead,
  ): Promise<NetworkOutput> {
    let maps: Places | undefined;
    let since = performance.now();
    for (let step = 0; step < this.loaded.steps; step++) {
      this.loaded.run(step);
      if (head && step === this.loaded.tapStep) maps = this.loaded.mapsBy(head);
      if (performance.now() - since < SLICE_MS) continue;
      await checkpoint();
      since = performance.now();
    }
    const logits = this.loaded.output(outputs.logits);
    if (!logits) throw new ShiwuError('model-mismatch', `no output named ${outputs.logits}`);
    return {
      logits,
      features: outputs.features ? this.loaded.output(outputs.features) : undefined,
      maps,
    };
  }

  async dispose(): Promise<void> {
    this.loaded.dispose();
  }
}

/** [3, H, W] to [H, W, 3]. */
function interleave(planar: Float32Array): Float32Array {
  const plane = planar.length / 3;
  return Float32Array.from(planar, (_, i) => planar[(i % 3) * plane + Math.floor(i / 3)] as number);
}
