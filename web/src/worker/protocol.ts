/** What travels between the caller's thread and a worker. Every question has an id. */
import type { ErrorCode } from '../errors.js';
import type { DataFile } from '../model/onnx/weights.js';
import type { PaintOptions, Places, Ranked } from '../runtime/core.js';
import type { Nearest, ToGroup } from '../similar.js';
import type { Decoded } from '../sources/decode.js';
import type {
  Backend,
  Classification,
  ClassifierInfo,
  Found,
  Glance,
  LabelInit,
  ManifestInit,
  MapsData,
  Network,
  Place,
  Region,
  TaughtCategory,
} from '../types.js';

/** A browser's worker says this when its script has run, before anything else. */
export const STARTED = 'shiwu: started';

/** And this once it holds a lock of that name, which it does to its end. */
export interface Alive {
  readonly alive: string;
}

/** A picture on its way to the worker. */
export type Payload =
  | { readonly kind: 'blob'; readonly blob: Blob }
  | {
      readonly kind: 'bytes';
      readonly bytes: ArrayBuffer;
      /** What the caller's browser makes of them, where the worker's cannot. */
      readonly decoded?: Decoded;
    }
  | { readonly kind: 'bitmap'; readonly bitmap: ImageBitmap | VideoFrame }
  | {
      readonly kind: 'pixels';
      readonly data: ArrayBuffer;
      readonly width: number;
      readonly height: number;
    };

/** ONNX Runtime, compiled once and shared by all workers. */
export interface OrtParts {
  readonly engine: 'ort';
  readonly backend: Backend;
  readonly module: WebAssembly.Module;
  /** Threads of one inference. */
  readonly threads: number;
  /** URL of the module that its further threads start from; needed when there are any. */
  readonly threadsGlue: string;
}

/** What runs the network; the core's own engine needs nothing more. */
export type RuntimeParts = OrtParts | { readonly engine: 'shiwu' };

/** The model, and what its file does not say. */
export interface ModelParts {
  readonly file: Blob | Uint8Array<ArrayBuffer>;
  /** Files with weights, where not all of them are in the first. */
  readonly data?: readonly DataFile[] | undefined;
  /** It is one of the models that ship, whose outputs end in no activation. */
  readonly held?: boolean | undefined;
  readonly labels: readonly (string | LabelInit)[] | undefined;
  readonly manifest: ManifestInit | undefined;
}

/** Everything that a worker needs before its first picture. */
export interface EngineParts {
  readonly core: WebAssembly.Module;
  readonly runtime: RuntimeParts;
  readonly model: ModelParts;
}

/** The core, where it is there before the model: the worker makes it ready meanwhile. */
export interface PrepareRequest {
  readonly type: 'prepare';
  readonly core: WebAssembly.Module;
}

export interface LoadRequest {
  readonly type: 'load';
  readonly id: number;
  readonly parts: EngineParts;
}

/** ClassifyOptions with its defaults filled in and without what cannot be cloned. */
export interface ClassifySettings {
  readonly topK: number;
  /** null: each label's own. */
  readonly threshold: number | null;
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  /** In pixels of the upright picture; null: all of it. */
  readonly region: Region | null;
  readonly features: boolean;
  readonly levels: boolean;
  readonly maps: boolean;
  /** false: a JPEG may be decoded smaller than it is. */
  readonly exact: boolean;
  readonly maxPixels: number;
  /** What the caller has taught, as the core writes it; `as before`: what this worker was given last. */
  readonly taught?: TaughtFile | 'as before' | undefined;
}

export interface ClassifyRequest {
  readonly type: 'classify';
  readonly id: number;
  readonly payload: Payload;
  readonly settings: ClassifySettings;
  /** When the caller asked, in milliseconds since the epoch. */
  readonly askedAt: number;
}

/** The model once more, for its linear layer: once, before the first maps are asked for. */
export interface HeadRequest {
  readonly type: 'head';
  readonly id: number;
  readonly file: ModelParts['file'];
}

/** Several things in one picture. */
export interface FindRequest {
  readonly type: 'find';
  readonly id: number;
  readonly payload: Payload;
  readonly settings: ClassifySettings;
}

/** What maps that are there already say of a part of the picture. */
export interface LookRequest {
  readonly type: 'look';
  readonly id: number;
  readonly maps: MapsData;
  readonly place: Place;
  readonly settings: Pick<ClassifySettings, 'topK' | 'threshold' | 'allow' | 'deny'>;
}

/** A map as a picture. */
export interface PaintRequest {
  readonly type: 'paint';
  readonly id: number;
  readonly map: Places;
  readonly options: PaintOptions;
}

/** Categories that were taught, as the core writes them. */
export type TaughtFile = Uint8Array<ArrayBuffer>;

/** A change of what is taught. */
export type Lesson =
  | {
      readonly kind: 'add';
      readonly name: string;
      /** The embedding of each photo. */
      readonly examples: readonly Float32Array[];
      /** The photos do not show it. */
      readonly not: boolean;
    }
  | { readonly kind: 'forget'; readonly name: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'merge'; readonly from: string; readonly into: string }
  /** Takes over what another file has. */
  | { readonly kind: 'join'; readonly file: TaughtFile }
  /** Only writes a file. */
  | { readonly kind: 'nothing' };

/** Workers keep nothing that is taught: the caller has it, in case they end. */
export interface TeachRequest {
  readonly type: 'teach';
  readonly id: number;
  /** What is taught so far; undefined: nothing. */
  readonly file: TaughtFile | undefined;
  readonly lesson: Lesson;
}

export interface Taught {
  readonly file: TaughtFile;
  readonly categories: readonly TaughtCategory[];
}

/** The vectors most like one, among others that stand one behind the other. */
export interface NearestRequest extends Omit<Nearest, 'indexes'> {
  readonly type: 'nearest';
  readonly id: number;
  readonly one: Int8Array;
}

/** Vectors that are nearly the same. */
export interface GroupRequest extends Omit<ToGroup, 'indexes'> {
  readonly type: 'group';
  readonly id: number;
}

/** The model with what is taught built in. */
export interface BakeRequest {
  readonly type: 'bake';
  readonly id: number;
  readonly taught: TaughtFile;
  readonly model: ModelParts;
}

/** Runs the network on fixed inputs, `runs` times each: to hold one backend or engine against another. */
export interface ProbeRequest {
  readonly type: 'probe';
  readonly id: number;
  readonly runs: number;
}

export interface CancelRequest {
  readonly type: 'cancel';
  /** Id of the request to give up. */
  readonly id: number;
}

/** These are answered by a Response each. */
export type Question =
  | LoadRequest
  | ClassifyRequest
  | TeachRequest
  | BakeRequest
  | NearestRequest
  | GroupRequest
  | ProbeRequest
  | HeadRequest
  | FindRequest
  | LookRequest
  | PaintRequest;

export type Request = Question | PrepareRequest | CancelRequest;

export function isQuestion(request: Request): request is Question {
  return request.type !== 'prepare' && request.type !== 'cancel';
}

export interface PlainError {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly network?: Network | undefined;
}

export interface Loaded {
  readonly info: ClassifierInfo;
  /** What a developer should know about the model. */
  readonly warnings: readonly string[];
}

export interface Probed {
  /** Of each input. */
  readonly answers: readonly { readonly logits: Float32Array; readonly scores: Float32Array }[];
  /** Median of the runs, in milliseconds. */
  readonly ms: number;
}

export type Response =
  | { readonly type: 'loaded'; readonly id: number; readonly loaded: Loaded }
  | { readonly type: 'classified'; readonly id: number; readonly result: Classification }
  | { readonly type: 'taught'; readonly id: number; readonly taught: Taught }
  | { readonly type: 'near'; readonly id: number; readonly ranked: readonly Ranked[] }
  | { readonly type: 'grouped'; readonly id: number; readonly firsts: Int32Array }
  | { readonly type: 'baked'; readonly id: number; readonly model: Uint8Array<ArrayBuffer> }
  | { readonly type: 'probed'; readonly id: number; readonly probed: Probed }
  | { readonly type: 'head'; readonly id: number }
  | { readonly type: 'found'; readonly id: number; readonly found: Found }
  | { readonly type: 'looked'; readonly id: number; readonly glance: Glance }
  | {
      readonly type: 'painted';
      readonly id: number;
      readonly pixels: Uint8ClampedArray<ArrayBuffer>;
    }
  | { readonly type: 'failed'; readonly id: number; readonly error: PlainError };

/** Milliseconds since the epoch, comparable between threads. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
