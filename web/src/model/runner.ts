/** What runs a network: ONNX Runtime, or the core's own engine. One picture at a time. */
import { type Core, fromUtf8, type HeapFile, type HeapPixels } from '../runtime/core.js';
import type { EngineName, Network } from '../types.js';
import type { ModelParts, RuntimeParts } from '../worker/protocol.js';
import type { Manifest } from './manifest.js';

export interface NetworkOutput {
  /** One number a class. */
  readonly logits: Float32Array;
  /** The embedding, where the model has one. */
  readonly features: Float32Array | undefined;
}

export interface Runner {
  readonly engine: EngineName;
  /** What the model takes and gives. */
  readonly network: Network;
  /** Makes pixels of the model's size its input; they stay the caller's. */
  take(pixels: HeapPixels, manifest: Manifest): void;
  /** Makes a tensor in the manifest's layout its input. */
  set(tensor: Float32Array, manifest: Manifest): void;
  /** May be called again for the same input. `checkpoint` throws when the caller has given up. */
  run(manifest: Manifest, checkpoint: () => Promise<void>): Promise<NetworkOutput>;
  dispose(): Promise<void>;
}

/**
 * Makes a runner of an .onnx file, which stays the caller's but may be freed early. `size`, height and
 * width, is taken where the file leaves the input's free.
 */
export type OpenRunner = (
  core: Core,
  runtime: RuntimeParts,
  file: HeapFile,
  size: readonly [number, number],
) => Promise<Runner>;

const USUAL_SIZE = [224, 224] as const;

/** What is known of the input's size before the network is: the caller's word, or the file's. */
export function statedSize(
  metadata: ReadonlyMap<string, Uint8Array>,
  { manifest }: Pick<ModelParts, 'manifest'>,
): readonly [number, number] {
  const stated = manifest?.input?.size;
  if (stated) return stated;
  try {
    const text = fromUtf8(metadata.get('shiwu.manifest') ?? new Uint8Array());
    return JSON.parse(text || '{}').input?.size ?? USUAL_SIZE;
  } catch {
    return USUAL_SIZE; // whoever reads the manifest will say what is wrong with it
  }
}
