/** Anything that holds one still picture. It is never changed, closed or moved. */
export type ImageInput =
  | Blob // File included
  | ArrayBuffer
  | Uint8Array
  | ImageData
  | ImageBitmap
  | HTMLImageElement
  | HTMLCanvasElement
  | OffscreenCanvas;

/** Bytes arrived so far of everything that must be loaded before the first answer. */
export interface LoadProgress {
  /** Bytes received, after transport decompression. */
  readonly loaded: number;
  /** Bytes expected in all; 0 when a server does not say. */
  readonly total: number;
  readonly stage: 'download' | 'compile' | 'ready';
}

export interface ClassifierOptions {
  /** Where the package's assets lie. Default: beside the library's own file. */
  readonly assetBase?: string | URL;
  /** The `.onnx` to run: a URL, or its bytes. Default: the bundled EfficientNet-Lite0. */
  readonly model?: string | URL | Blob | ArrayBuffer | Uint8Array;
  /** Called with real byte counts while the runtime and the model load. */
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Largest picture accepted, in pixels. Default 100,000,000. */
  readonly maxPixels?: number;
}

export interface ClassifyOptions {
  /** How many predictions to return, best first, 1 to the number of classes. Default 5. */
  readonly topK?: number;
  /**
   * Predictions below this score are left out, 0 to 1. Default: each label's own threshold where the
   * model has them (a tagger), else 0.
   */
  readonly threshold?: number;
  /** Only these class ids may be answered. */
  readonly allow?: readonly string[];
  /** These class ids are never answered. */
  readonly deny?: readonly string[];
  /** Return the model's embedding as well, where the model has one. Default false. */
  readonly features?: boolean;
  /** Cancels the call, which then rejects with code `aborted`. */
  readonly signal?: AbortSignal;
}

/** A node of the everyday taxonomy: 动物 › 猫. */
export interface Category {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
}

export interface Prediction {
  /** Index of the class in the model's output. */
  readonly index: number;
  /** Stable id of the class: a WordNet id where there is one. */
  readonly id: string;
  /** The Chinese name (same as `label_zh`). */
  readonly label: string;
  readonly label_zh: string;
  readonly label_en: string;
  /** Other Chinese names. */
  readonly aliases: readonly string[];
  /** From the widest category to the narrowest; empty when the model has no taxonomy. */
  readonly categories: readonly Category[];
  /** Probability, 0 to 1. */
  readonly score: number;
}

/** The most specific category that is probable enough when its classes are added up. */
export interface CategoryScore extends Category {
  readonly score: number;
}

/** Milliseconds spent on each arrow of the datum's way. */
export interface Timings {
  /** Waiting for the worker, the model's first load included. */
  readonly queue: number;
  readonly decode: number;
  readonly resize: number;
  readonly normalize: number;
  readonly inference: number;
  /** Softmax, top-k and labels. */
  readonly postprocess: number;
  /** From the call to the answer. */
  readonly total: number;
}

export interface Classification {
  readonly predictions: readonly Prediction[];
  /** The category to fall back on when no single class is sure. */
  readonly category: CategoryScore | null;
  readonly image: {
    /** Upright size in pixels. */
    readonly width: number;
    readonly height: number;
    /** EXIF orientation, 1 to 8, that shiwu applied; 1 when upright or turned by the browser. */
    readonly orientation: number;
    /** Which decoder read it; null when the input was pixels already. */
    readonly decoder: 'shiwu' | 'browser' | null;
  };
  readonly timings: Timings;
  /** The model's embedding, when asked for. */
  readonly features?: Float32Array;
}

export interface ClassifierInfo {
  readonly model: {
    readonly id: string;
    readonly version: string;
    readonly name: { readonly zh: string; readonly en: string };
    readonly license: string;
    readonly source: string;
    readonly classes: number;
    /** Input height and width in pixels. */
    readonly size: readonly [number, number];
    readonly bytes: number;
    readonly task: 'single-label' | 'multi-label';
  };
  readonly backend: 'wasm';
  readonly threads: number;
}

export interface Classifier extends AsyncDisposable {
  /** What is loaded. */
  readonly info: ClassifierInfo;
  /** Names one picture. Calls may overlap; they are answered in order. */
  classify(input: ImageInput, options?: ClassifyOptions): Promise<Classification>;
  /** Frees the worker and its memory; waiting calls reject with code `disposed`. */
  dispose(): Promise<void>;
}
