/** ONNX Runtime Web behind two functions: the only file that knows it. */
import * as ort from 'onnxruntime-web/wasm';
import { codeOf, ShiwuError } from '../errors.js';
import type { Places } from '../runtime/core.js';
import type { Network, TensorInfo } from '../types.js';
import type { OrtParts } from '../worker/protocol.js';
import { withCompiled } from './compiled.js';
import type { Manifest } from './manifest.js';
import { show } from './network.js';
import type { NetworkOutput } from './runner.js';

import { withThreads } from './threads.js';

export class Session {
  /** What the model takes and gives. */
  readonly network: Network;

  #released = false;

  private constructor(private readonly session: ort.InferenceSession) {
    this.network = {
      inputs: session.inputMetadata.map(describe),
      outputs: session.outputMetadata.map(describe),
    };
  }

  /** `model` is the .onnx file. */
  static async create(
    { backend, module, threads, threadsGlue }: OrtParts,
    model: Uint8Array,
  ): Promise<Session> {
    const { wasm } = ort.env;
    wasm.numThreads = threads;
    // Further threads start from a file of their own: they must not run this worker's code.
    if (threads > 1) wasm.wasmPaths = { mjs: threadsGlue };
    ort.env.logLevel = 'error';
    try {
      const create = () =>
        withCompiled(module, (token) => {
          wasm.wasmBinary = token;
          return ort.InferenceSession.create(model, {
            executionProviders: [backend],
            graphOptimizationLevel: 'all',
            // Weights are int8 for the download's sake. Without this, ONNX Runtime may keep them so and
            // convert them on every run instead of once at load.
            // Nothing of session.intra_op.allow_spinning or session.force_spinning_stop: ONNX Runtime Web's
            // threads belong to its environment, not to the session, and photos took the same processor time
            // with and without.
            extra: { session: { disable_quant_qdq: '1' } },
          });
        });
      const session = new Session(await (threads > 1 ? withThreads(create) : create()));
      if (backend === 'webgpu') void session.#endWithDevice();
      return session;
    } catch (cause) {
      if (cause instanceof ShiwuError) throw cause;
      const code = isOutOfMemory(cause) ? 'out-of-memory' : 'invalid-model';
      throw new ShiwuError(code, message(cause), { cause });
    }
  }

  /**
   * Runs `count` pictures. `tensor` is the preprocessed batch in the manifest's layout; the manifest
   * must have been held against `network`. The feature map is read only when asked for.
   */
  async run(
    { input, outputs }: Pick<Manifest, 'input' | 'outputs'>,
    tensor: Float32Array,
    count: number,
    { featureMap = false } = {},
  ): Promise<Omit<NetworkOutput, 'maps'> & { readonly featureMap: Places | undefined }> {
    const batch = this.#batchFor(count);
    const map = featureMap ? outputs.feature_map : undefined;
    const names = [outputs.logits, outputs.features, map].filter(
      (name) => typeof name === 'string',
    );
    let results: ort.InferenceSession.OnnxValueMapType;
    try {
      results = await this.session.run({ [input.name]: this.#feed(input, tensor, batch) }, names);
    } catch (cause) {
      const code = isOutOfMemory(cause) ? 'out-of-memory' : (codeOf(cause) ?? 'inference-failed');
      throw new ShiwuError(code, message(cause), { cause });
    }
    const rows = (name: string) => {
      const data = results[name]?.data;
      if (!(data instanceof Float32Array)) return undefined;
      return batch === count ? data : data.slice(0, (data.length / batch) * count);
    };
    const logits = rows(outputs.logits);
    if (!logits) throw new ShiwuError('model-mismatch', `output ${outputs.logits} is not float32`);
    const features = outputs.features ? rows(outputs.features) : undefined;
    const [, , height = 0, width = 0] = (map && results[map]?.dims) || [];
    const values = map ? rows(map) : undefined;
    return { logits, features, featureMap: values && { values, height, width } };
  }

  /** Pictures that the network takes at once: as many as there are, unless it is fixed. */
  #batchFor(count: number): number {
    const fixed = this.network.inputs[0]?.shape[0];
    if (typeof fixed !== 'number') return count;
    if (fixed < count) {
      throw new ShiwuError(
        'invalid-argument',
        `${count} pictures for input ${show(this.network.inputs)}`,
      );
    }
    return fixed;
  }

  #feed({ layout, size }: Manifest['input'], tensor: Float32Array, batch: number): ort.Tensor {
    const [height, width] = size;
    const dims = layout === 'NCHW' ? [batch, 3, height, width] : [batch, height, width, 3];
    const length = 3 * height * width * batch;
    if (this.network.inputs[0]?.type === 'uint8') {
      const bytes = new Uint8Array(length); // whole numbers from 0 to 255: scale 1, mean 0, std 1
      bytes.set(tensor);
      return new ort.Tensor('uint8', bytes, dims);
    }
    if (tensor.length === length) return new ort.Tensor('float32', tensor, dims);
    const padded = new Float32Array(length); // a batch of fixed size: the rest is blank
    padded.set(tensor);
    return new ort.Tensor('float32', padded, dims);
  }

  /** A run on a device that is lost never ends: neither failed nor done. So the worker ends, and another is started. */
  async #endWithDevice(): Promise<void> {
    const device = (await ort.env.webgpu.device) as unknown as Lossy;
    const { message } = await device.lost;
    if (this.#released) return;
    setTimeout(() => {
      throw new Error(`the GPU was lost: ${message}`);
    });
  }

  async dispose(): Promise<void> {
    this.#released = true;
    await this.session.release();
  }
}

/** A part of WebGPU's GPUDevice. */
interface Lossy {
  readonly lost: Promise<{ readonly message: string }>;
}

/** ONNX Runtime says it in words of its own. */
function isOutOfMemory(cause: unknown): boolean {
  return /bad_alloc|out of memory|failed to allocate/i.test(message(cause));
}

function describe(value: ort.InferenceSession.ValueMetadata): TensorInfo {
  if (!value.isTensor) return { name: value.name, type: 'not a tensor', shape: [] };
  const { name, type, shape } = value;
  return { name, type, shape: shape.map((side) => (isFree(side) ? '?' : side)) };
}

/** A side without number or name comes as −1 in unsigned 32 bits. */
function isFree(side: number | string): boolean {
  return typeof side === 'number' && side > 0x7fffffff;
}

function message(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
