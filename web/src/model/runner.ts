/** What runs a network: ONNX Runtime, or the core's own engine. One picture at a time. */
import {
  type Core,
  type CoreHead,
  fromUtf8,
  type HeapFile,
  type HeapPixels,
  type Places,
} from '../runtime/core.js';
import type { EngineName, Network } from '../types.js';
import type { ModelParts, RuntimeParts } from '../worker/protocol.js';
import type { Manifest } from './manifest.js';

export interface NetworkOutput {
  /** One number a class. */
  readonly logits: Float32Array;
  /** The embedding, where the model has one. */
  readonly features: Float32Array | undefined;
  /** [classes][height][width]: what each place gives to each class; where a head was given. */
  readonly maps: Places | undefined;
}

export interface Runner {
  readonly engine: EngineName;
  /** What the model takes and gives. */
  readonly network: Network;
  /** Makes pixels of the model's size its input; they stay the caller's. */
  take(pixels: HeapPixels, manifest: Manifest): void;
  /** Makes a tensor in the manifest's layout its input. */
  set(tensor: Float32Array, manifest: Manifest): void;
  /**
   * May be called again for the same input. `checkpoint` throws when the caller has given up. Only with a
   * `head` is the feature map looked at, from which it makes maps.
   */
  run(manifest: Manifest, checkpoint: () => Promise<void>, head?: CoreHead): Promise<NetworkOutput>;
  dispose(): Promise<void>;
}

/** What is known before the network is: the caller's word, or the file's. */
export interface Stated {
  /** Height and width, taken where the file leaves the input's free. */
  readonly size: readonly [number, number];
  /** The output that is read only when maps are asked for; empty where there is none. */
  readonly featureMap: string;
}

/** Makes a runner of an .onnx file, which stays the caller's but may be freed early. */
export type OpenRunner = (
  core: Core,
  runtime: RuntimeParts,
  file: HeapFile,
  stated: Stated,
) => Promise<Runner>;

const USUAL_SIZE = [224, 224] as const;

export function stated(
  metadata: ReadonlyMap<string, Uint8Array>,
  { manifest }: Pick<ModelParts, 'manifest'>,
): Stated {
  let file: Partial<Manifest> = {};
  try {
    const text = fromUtf8(metadata.get('shiwu.manifest') ?? new Uint8Array());
    file = JSON.parse(text || '{}') as Partial<Manifest>;
  } catch {
    // whoever reads the manifest will say what is wrong with it
  }
  return {
    size: manifest?.input?.size ?? file.input?.size ?? USUAL_SIZE,
    featureMap: file.outputs?.feature_map ?? '',
  };
}
