/** What differs between a browser and Node. */
import type { Asset, Assets } from '../assets/locate.js';
import type { ShiwuError } from '../errors.js';
import type { Parcel } from '../sources/payload.js';
import type { ImageInput } from '../types.js';
import type { Response as Reply, Request } from '../worker/protocol.js';

/** One end of a running worker. */
export interface WorkerPort {
  post(message: Request, transfer: Transferable[]): void;
  terminate(): void;
}

export interface WorkerEvents {
  onReply(reply: Reply): void;
  /** The worker has ended, or never began. */
  onCrash(reason: string | ShiwuError): void;
}

export interface LoadOptions {
  readonly cache: boolean;
  readonly signal: AbortSignal;
  onBytes(loaded: number, total: number): void;
  /** Called with each file's bytes when they are there. */
  onFile?(index: number, bytes: Uint8Array<ArrayBuffer>): void;
}

/** The scripts of workers: with the core's own engine, or with a flavour of ONNX Runtime. */
export type WorkerKind = 'shiwu' | 'ort' | 'ort-webgpu';

export interface Platform {
  /** Throws `unsupported-environment` or `blocked-by-policy` where something is missing. */
  check(): void;
  /** Processor cores, at least 1. */
  readonly cores: number;
  /** Threads of one inference where the caller does not say. */
  readonly threads: number;
  /** Whether more than one thread can be had. */
  readonly hasThreads: boolean;
  /** Whether WebAssembly has relaxed SIMD. */
  readonly hasRelaxedSimd: boolean;
  hasWebGpu(): Promise<boolean>;
  /** Absolute form of a URL that the caller gave. */
  resolve(url: string | URL): string;
  /** Where the package's files lie. */
  locate(assetBase: string | undefined): Assets;
  /** The files' bytes, unpacked, in the same order; one failure stops the others. */
  load(assets: readonly Asset[], options: LoadOptions): Promise<Uint8Array<ArrayBuffer>[]>;
  startWorker(kind: WorkerKind, assetBase: string | undefined, events: WorkerEvents): WorkerPort;
  /** A copy of the bytes that workers can be sent. */
  blobOf(bytes: Uint8Array<ArrayBuffer> | ArrayBuffer): Blob;
  /** Whether workers can be sent it: a test runner's Blob is often but an object that does as one. */
  canSend(blob: Blob): boolean;
  /** Makes a parcel of any ImageInput, without touching the original. */
  pack(input: ImageInput, signal: AbortSignal): Promise<Parcel>;
}
