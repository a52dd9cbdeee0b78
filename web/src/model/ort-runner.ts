/** Networks on ONNX Runtime. */
import { ShiwuError } from '../errors.js';
import type { Core } from '../runtime/core.js';
import type { Network } from '../types.js';
import type { Manifest } from './manifest.js';
import type { OpenRunner, Runner } from './runner.js';
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

  run(manifest: Manifest) {
    if (!this.#tensor) throw new ShiwuError('inference-failed', 'no picture');
    return this.session.run(manifest, this.#tensor, 1);
  }

  dispose(): Promise<void> {
    return this.session.dispose();
  }
}
