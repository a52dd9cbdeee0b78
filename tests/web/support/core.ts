import { readFile } from 'node:fs/promises';
import { Core } from '../../../web/src/runtime/core.js';

export const ROOT = new URL('../../../', import.meta.url);

/** The core as it ships, in Node. */
export async function loadCore(): Promise<Core> {
  return Core.load(toArrayBuffer(await read('build/wasm-release/shiwu_wasm.wasm')));
}

export function read(path: string): Promise<Buffer> {
  return readFile(new URL(path, ROOT));
}

export function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
