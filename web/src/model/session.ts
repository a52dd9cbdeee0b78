/** ONNX Runtime Web behind two functions: the only file that knows it. */
import * as ort from 'onnxruntime-web/wasm';
import { ShiwuError } from '../errors.js';
import type { Manifest } from './manifest.js';

export interface NetworkOutput {
  /** One row per batch item, [N, classes]. */
  readonly logits: Float32Array;
  /** [N, features], where the model has them. */
  readonly features: Float32Array | undefined;
}

export class Session {
  private constructor(
    private readonly session: ort.InferenceSession,
    private readonly manifest: Manifest,
  ) {}

  /** `runtime` is ONNX Runtime's wasm, `model` the .onnx file. */
  static async create(
    runtime: ArrayBuffer,
    model: Uint8Array,
    manifest: Manifest,
  ): Promise<Session> {
    ort.env.wasm.numThreads = 1; // more need cross-origin isolation
    ort.env.wasm.wasmBinary = runtime; // ours to fetch, so that progress is real
    ort.env.logLevel = 'error';
    try {
      const session = await ort.InferenceSession.create(model, {
        executionProviders: ['wasm'],
        graphOptimizationLevel: 'all',
        // Weights are int8 for the download's sake. Without this, ONNX Runtime may keep them so and
        // convert them on every run instead of once at load.
        extra: { session: { disable_quant_qdq: '1' } },
      });
      return new Session(session, manifest);
    } catch (cause) {
      throw new ShiwuError('invalid-model', message(cause), { cause });
    }
  }

  /** Runs `count` pictures. `tensor` is the preprocessed batch in the manifest's layout. */
  async run(tensor: Float32Array, count: number): Promise<NetworkOutput> {
    const { input, outputs } = this.manifest;
    const [height, width] = input.size;
    const dims = input.layout === 'NCHW' ? [count, 3, height, width] : [count, height, width, 3];
    const names = outputs.features ? [outputs.logits, outputs.features] : [outputs.logits];
    let results: ort.InferenceSession.OnnxValueMapType;
    try {
      const feeds = { [input.name]: new ort.Tensor('float32', tensor, dims) };
      results = await this.session.run(feeds, names);
    } catch (cause) {
      throw new ShiwuError('inference-failed', message(cause), { cause });
    }
    const logits = results[outputs.logits]?.data;
    const features = outputs.features ? results[outputs.features]?.data : undefined;
    if (!(logits instanceof Float32Array)) {
      throw new ShiwuError('model-mismatch', `output ${outputs.logits} is not float32`);
    }
    return { logits, features: features instanceof Float32Array ? features : undefined };
  }

  async dispose(): Promise<void> {
    await this.session.release();
  }
}

function message(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
