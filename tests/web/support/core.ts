import { readFile } from 'node:fs/promises';
import { Core } from '../../../web/src/runtime/core.js';
import type { OrtParts } from '../../../web/src/worker/protocol.js';
import type { Golden } from '../../support/golden.js';

export const ROOT = new URL('../../../', import.meta.url);

/** The core as it ships, in Node. */
export async function loadCore(): Promise<Core> {
  return Core.load(await WebAssembly.compile(await bytes('build/wasm-release/shiwu_wasm.wasm')));
}

/** A tensor of the pixels' own bytes, [height][width][3]. */
export const AS_BYTES = {
  layout: 'NHWC',
  color: 'RGB',
  scale: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
} as const;

/** ONNX Runtime Web as a worker gets it, with one thread. */
export async function loadRuntime(): Promise<OrtParts> {
  const file = 'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm';
  const module = await WebAssembly.compile(await bytes(file));
  return { engine: 'ort', backend: 'wasm', module, threads: 1, threadsGlue: '' };
}

export function metadataOf(core: Core, bytes: Uint8Array): Map<string, Uint8Array> {
  const file = core.importFile(bytes);
  try {
    return core.readOnnxMetadata(file);
  } finally {
    file.free();
  }
}

async function bytes(path: string): Promise<ArrayBuffer> {
  return toArrayBuffer(await read(path));
}

export function read(path: string): Promise<Buffer> {
  return readFile(new URL(path, ROOT));
}

/** What PyTorch answers about a photo. */
export async function goldenOf(photo: string): Promise<Golden> {
  return JSON.parse(String(await read(`tests/fixtures/golden/lite0/${photo}.json`))) as Golden;
}

export function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
