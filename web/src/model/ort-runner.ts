/** Networks on ONNX Runtime. */
import { ShiwuError } from '../errors.js';
import type { Core, CoreHead } from '../runtime/core.js';
import type { Network } from '../types.js';
import type { Manifest } from './manifest.js';
import type { NetworkOutput, OpenRunner, Runner } from './runner.js';
import { Session } from './session.js';

export const openOrtRunner: OpenRunner = async (core, runtime, file) => {
  if (runtime.engine !== 'ort') throw new ShiwuError('worker-crashed', 'no ONNX Runtime was given');
  file.free(); // the session has a copy of its own
  return new OrtRunner(core, await Session.create(runtime, file.bytes));
};

class OrtRunner implements Runner {
  readonly engine = 'ort';
  /** Used again for every picture: fresh memory costs more than the arithmetic. */
  #tensor: Float32Array | undefined;

  constructor(
    private readonly core: Core,
    private readonly session: Session,
  ) {}

  get network(): Network {
    return this.session.network;
  }

  take(...[pixels, { input }]: Parameters<Runner['take']>): void {
    this.#tensor = this.core.toTensor([pixels], input, this.#tensor);
  }

  set(tensor: Float32Array): void {
    this.#tensor = tensor;
  }

  async run(
    manifest: Manifest,
    _checkpoint: () => Promise<void>,
    head?: CoreHead,
  ): Promise<NetworkOutput> {
    if (!this.#tensor) throw new ShiwuError('inference-failed', 'no picture');
    const { featureMap, ...output } = await this.session.run(manifest, this.#tensor, 1, {
      featureMap: head !== undefined,
    });
    return { ...output, maps: featureMap && head?.mapsOf(featureMap) };
  }

  dispose(): Promise<void> {
    return this.session.dispose();
  }
}
