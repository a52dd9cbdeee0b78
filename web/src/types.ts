import type { ShiwuError } from './errors.js';

/**
 * Anything that holds one still picture. It is never changed, closed or moved.
 *
 * Bytes are those of a picture file (JPEG, PNG, …); for bare pixels pass `{ data, width, height }`,
 * RGBA. A string or URL is an address, which is fetched (`data:` and `blob:` too); another origin must
 * allow it by CORS. Under Node a string is a path, unless it begins with `http:`, `https:`, `data:`,
 * `blob:` or `file:`, and what only a page has (elements, bitmaps, frames) is `unsupported-input`. Of
 * an element, the picture shown at the time of the call counts.
 */
export type ImageInput =
  | Blob // File included
  | ArrayBuffer
  | Uint8Array
  | string
  | URL
  | Pick<ImageData, 'data' | 'width' | 'height'> // ImageData included
  | ImageBitmap
  | HTMLImageElement
  | HTMLCanvasElement
  | OffscreenCanvas
  | HTMLVideoElement
  | VideoFrame;

/** A rectangle in pixels of the upright picture. */
export interface Region {
  /** Left edge, 0 or more. */
  readonly x: number;
  /** Upper edge, 0 or more. */
  readonly y: number;
  /** 1 or more. */
  readonly width: number;
  /** 1 or more. */
  readonly height: number;
}

/** Bytes arrived so far of everything that must be loaded before the first answer. */
export interface LoadProgress {
  /** Bytes received, counted as they lie packed on the server; what the cache holds counts as received. */
  readonly loaded: number;
  /** Bytes expected in all; 0 when a server does not say. */
  readonly total: number;
  /** What is being done; `ready` comes once, at the end. */
  readonly stage: 'download' | 'compile' | 'ready';
}

/** What runs the network: see {@link ClassifierOptions.backend}. */
export type Backend = 'wasm' | 'webgpu';

/** The programs that run networks: see {@link ClassifierOptions.engine}. */
export type EngineName = 'shiwu' | 'ort';

/** One class of an own model. A bare string is its Chinese name. */
export interface LabelInit {
  /** Stable id, unique in the model. Default: the class's index. */
  readonly id?: string;
  /** The Chinese name. */
  readonly zh: string;
  /** Default: the Chinese name. */
  readonly en?: string;
  /** Other Chinese names. Default: none. */
  readonly aliases?: readonly string[];
  /** The score from which a multi-label model answers this class, 0 to 1. Default 0.5. */
  readonly threshold?: number;
}

/** A file with weights that an own model keeps outside of its `.onnx`: torch writes `net.onnx.data`. */
export interface ExternalData {
  /** Its name as the model has it, a path from the model's folder. */
  readonly path: string;
  /** Its address (under Node a path will do), or its bytes. */
  readonly data: string | URL | Blob | ArrayBuffer | Uint8Array;
}

/**
 * What an own model's manifest may say, where the file does not carry one or carries it wrongly.
 * Every field is optional: what is missing is read from the network's input and output, and failing
 * that is ImageNet's custom. models/manifest.schema.json explains each field.
 */
export interface ManifestInit {
  /** The model's name for programs. Default `own-model`. */
  readonly id?: string;
  /** Default `0.0.0`. */
  readonly version?: string;
  /** The model's name for people. Default 自选模型, Own model. */
  readonly name?: { readonly zh: string; readonly en: string };
  /**
   * `single-label` (default): softmax, one class is right. `multi-label`: sigmoid, each class for itself.
   * Neither is applied a second time where the graph ends in one.
   */
  readonly task?: 'single-label' | 'multi-label';
  /** The tensor that the network takes. */
  readonly input?: {
    /** Which of the graph's inputs takes the picture. Default: the one shaped like a picture. */
    readonly name?: string;
    /** Order of the axes: batch, channel, height, width. Default: read from the input's shape. */
    readonly layout?: 'NCHW' | 'NHWC';
    /** Height and width in pixels: needed where the network takes any size. */
    readonly size?: readonly [number, number];
    /** Order of the channels. Default `RGB`. */
    readonly color?: 'RGB' | 'BGR';
    /**
     * value = (x · scale − mean) / std, x in 0..255, channels in the tensor's order. The three belong
     * together: where the file says none of them, give all or none.
     */
    readonly scale?: number;
    /** One number a channel. Default 0.485, 0.456, 0.406, after a scale of 1/255; zeros for a uint8 input. */
    readonly mean?: readonly [number, number, number];
    /** One number a channel. Default 0.229, 0.224, 0.225; ones for a uint8 input. */
    readonly std?: readonly [number, number, number];
  };
  /** How a picture of any shape becomes the input's. */
  readonly resize?: {
    /** `crop-shortest` (default) keeps the middle; `stretch` squashes the whole; `pad` sets the whole on black. */
    readonly mode?: 'crop-shortest' | 'stretch' | 'pad';
    /** Part of the shorter side that is kept, above 0 and at most 1. */
    readonly crop_fraction?: number;
    /** Pillow's filters, antialiased. Default `bilinear`. */
    readonly filter?: 'box' | 'bilinear' | 'hamming' | 'bicubic' | 'lanczos';
  };
  /** Which of the graph's outputs are read. */
  readonly outputs?: {
    /**
     * Scores, one a class, before softmax or sigmoid or after it. Default: the output with as many numbers
     * as labels.
     */
    readonly logits?: string;
    /** The embedding; null: there is none, the default. */
    readonly features?: string | null;
  };
  /** How sure the model should sound. */
  readonly calibration?: {
    /** The logits are divided by it. Default 1. */
    readonly temperature?: number;
    /**
     * What being right weighs against being specific when a category may be answered in place of a class,
     * 0 or more. Default 5.
     */
    readonly hedge?: number;
    /** Pictures whose logits' log sum exp is below this show nothing that the model knows. Default: none. */
    readonly familiar?: number;
  };
  /** SPDX expression. Default `unknown`. */
  readonly license?: string;
  /** Where the weights come from. Default `unknown`. */
  readonly source?: string;
}

/**
 * Turns a HEIC file into upright RGBA pixels: `heicDecoder()` of `shiwu/heic` makes one. It must
 * leave the file as it is, and reject above `maxPixels` and when the signal says so.
 */
export type HeicDecoder = (
  file: Uint8Array<ArrayBuffer>,
  options?: { readonly maxPixels?: number; readonly signal?: AbortSignal },
) => Promise<{ data: Uint8ClampedArray<ArrayBuffer>; width: number; height: number }>;

/** How to load: every option has a default. */
export interface ClassifierOptions {
  /**
   * Address of the folder with the package's files, as `npx shiwu-assets` copies them. In browsers of
   * the page's own origin, for workers start from no other. Default: beside the library's own file.
   */
  readonly assetBase?: string | URL;
  /**
   * The `.onnx` to run, gzipped or not: its address (under Node a path will do), or its bytes.
   * Default: the bundled EfficientNet-Lite0.
   */
  readonly model?: string | URL | Blob | ArrayBuffer | Uint8Array;
  /**
   * The files with weights that an own model keeps outside of its `.onnx`, as ONNX Runtime Web takes them; a
   * File or an address stands for its own name. Default: of a model given by its address, those that lie
   * beside it; of one given as bytes, none, and one that needs them is `missing-weights`.
   */
  readonly externalData?: readonly (ExternalData | File | string | URL)[];
  /**
   * The classes of an own model, in the order of its output. Default: those that the file carries. A model
   * with a single output says yes or no: one label is that of yes; of two the first is no (1 − score) and
   * the second yes; by default they are 否 and 是.
   */
  readonly labels?: readonly (string | LabelInit)[];
  /** Preprocessing and outputs of an own model, over what the file says. */
  readonly manifest?: ManifestInit;
  /**
   * `shiwu`: the engine of our own, a part of the core: fast, small, and knows the networks of the
   * mobile kind; any other is `unsupported-model`. `ort`: ONNX Runtime Web, a further 3.7 MB, which runs
   * any network. `auto` (default): ours for the bundled models, whose answers are held to ONNX Runtime's
   * wherever shiwu is built; any other model starts on ONNX Runtime, and changes over when ours knows it
   * wholly and gives the same answers, sooner. WebGPU is always ONNX Runtime's.
   */
  readonly engine?: EngineName | 'auto';
  /**
   * `wasm` (default) runs everywhere. `webgpu` loads a second runtime (6.6 MB) as well, which must
   * give wasm's answers on a self-check, and sooner; otherwise it is dropped with a warning. `auto` starts
   * with wasm, does the same meanwhile, and then changes over. Under Node there is wasm only.
   */
  readonly backend?: Backend | 'auto';
  /**
   * Threads for one inference by ONNX Runtime in wasm, 1 to 16; our own engine has one. Default: one fewer
   * than the processor has cores, 4 at most. It is 1, whatever is asked for, where the page is not
   * cross-origin isolated (see `shiwu/coi`) and under Node. Albums use one thread in each of several workers
   * instead.
   */
  readonly threads?: number;
  /**
   * Keep the runtime and the model in the browser's storage, for later visits and flight mode.
   * Default true. Without effect under Node, where files are read from the disk.
   */
  readonly cache?: boolean;
  /**
   * Milliseconds without work after which the workers end and give their memory back; the next call
   * starts one anew in about 0.1 s. Workers that only an album needed end after two seconds.
   * Default 60,000; `Infinity` keeps them.
   */
  readonly idleTimeout?: number;
  /** Called with real byte counts while the runtime and the model load. */
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Called with what a developer should know though nothing failed, such as a dropped backend. Default: `console.warn`. */
  readonly onWarning?: (message: string) => void;
  /** Gives up the loading, which then rejects with code `aborted`. */
  readonly signal?: AbortSignal;
  /** Largest picture accepted, in pixels; `Infinity` accepts all. Default 200,000,000. */
  readonly maxPixels?: number;
  /** Reads HEIC where the browser does not. */
  readonly heic?: HeicDecoder;
}

/** What to ask of one picture: every option has a default. */
export interface ClassifyOptions {
  /**
   * How many predictions to return at most, best first; 1 or more. More than there are classes gives
   * all. Default 5.
   */
  readonly topK?: number;
  /**
   * Predictions below this score are left out, 0 to 1. Default: each label's own threshold where the
   * model has them (a tagger), else 0.
   */
  readonly threshold?: number;
  /** Only these class ids may be answered; an unknown id is `invalid-argument`. Default: all. */
  readonly allow?: readonly string[];
  /** These class ids are never answered, even where `allow` has them. Default: none. */
  readonly deny?: readonly string[];
  /** Look at this part of the picture only. It must lie inside the picture. Default: all of it. */
  readonly region?: Region;
  /** Return the model's embedding as well, where the model has one. Default false. */
  readonly features?: boolean;
  /**
   * Return the embedding's direction in 8 bits a number, where the model has an embedding: a quarter of the bytes, and
   * what {@link Classifier.nearest} and {@link Classifier.groupAlike} compare. Default false.
   */
  readonly levels?: boolean;
  /**
   * Each prediction also carries its name in Hanyu Pinyin and in Traditional characters: `label_pinyin` and
   * `label_zh_hant`. They come from a file of 210 kB, which the first such call fetches while it works; an answer
   * waits for it 3 s at most, and comes without them where it cannot be had. Default false.
   */
  readonly moreNames?: boolean;
  /**
   * Return as well what each place of the picture speaks for each class, where the model has a feature map
   * (the bundled ones do). Default false.
   */
  readonly maps?: boolean;
  /**
   * `fast`: a JPEG is decoded at 1/2, 1/4 or 1/8 of its size, and other pixels are averaged in blocks
   * before they are resampled, where that leaves at least twice the pixels that the model sees; scores
   * change by a hundredth at most, as a rule; colours of Display P3, Adobe RGB and their like become sRGB's.
   * `exact`: every pixel is decoded and weighed, colours stay as they are, and what the
   * model sees is Pillow's to the bit. Default `fast`.
   */
  readonly precision?: 'exact' | 'fast';
  /** Largest picture accepted this time, in pixels; `Infinity` accepts all. Default: the classifier's. */
  readonly maxPixels?: number;
  /** Cancels the call, which then rejects with code `aborted`. */
  readonly signal?: AbortSignal;
}

/** What to ask of many pictures: every option has a default. */
export interface ClassifyManyOptions extends ClassifyOptions {
  /** Pictures in work at once, each in a worker of its own, 1 to 16. Default: the processor's cores, 8 at most. */
  readonly concurrency?: number;
  /** `input` (default): results in the order of the inputs. `ready`: each as soon as it is there. */
  readonly order?: 'input' | 'ready';
  /** Called before each result is handed over. */
  readonly onProgress?: (progress: ManyProgress) => void;
}

/** How far a run over many pictures has come. */
export interface ManyProgress {
  /** Pictures answered, failures included. */
  readonly done: number;
  /** Pictures that were answered by an error. */
  readonly failed: number;
  /** Pictures in all, where the inputs have a length; else undefined. */
  readonly total: number | undefined;
}

/** What became of one picture of many. A failure is one of the results, never the end of the run. */
export type ManyResult<T extends ImageInput = ImageInput> = {
  /** Place among the inputs, from 0. */
  readonly index: number;
  /** The input itself, as it was given. */
  readonly input: T;
} & (
  | {
      /** What the picture shows. */
      readonly result: Classification;
      /** Undefined: it went well. */
      readonly error?: undefined;
    }
  | {
      /** Undefined: it failed. */
      readonly result?: undefined;
      /** Why there is no answer. */
      readonly error: ShiwuError;
    }
);

/** How to teach: every option has a default. */
export interface TeachOptions
  extends Pick<ClassifyOptions, 'region' | 'precision' | 'maxPixels' | 'signal'> {
  /** The photos do not show it, though they were or might be taken for it. Default false. */
  readonly not?: boolean;
}

/** What was taught under one name. */
export interface TaughtCategory {
  /** `taught:` and the name: the id that predictions bear. */
  readonly id: string;
  /** As it was given. */
  readonly name: string;
  /** Photos that show it. */
  readonly examples: number;
  /** Photos that do not. */
  readonly counterexamples: number;
}

/** Which pictures are near enough: every option has a default. */
export interface NearestOptions {
  /** How many are wanted at most. Default 20. */
  readonly limit?: number;
  /** How much alike they are at least, −1 to 1. Default −1: any. */
  readonly least?: number;
  /** Rejects the call with code `aborted`. */
  readonly signal?: AbortSignal;
}

/** One picture that looks like another. */
export interface Neighbour {
  /** Where it stands in the list that was searched. */
  readonly index: number;
  /** The cosine of the two embeddings, −1 to 1; that of a picture and itself is 1. */
  readonly likeness: number;
}

/** What counts as nearly the same: every option has a default. */
export interface GroupOptions {
  /** How much alike a picture and the first of its group are at least, above 0 and at most 1. Default 0.85. */
  readonly least?: number;
  /**
   * Words for each picture, such as the ids of its first guesses: only pictures that share one are compared, which saves
   * most of the work. Default: all are compared.
   */
  readonly tags?: readonly (readonly string[])[];
  /** Rejects the call with code `aborted`. */
  readonly signal?: AbortSignal;
}

/** How to look at a video: every option has a default. */
export interface WatchOptions extends Omit<ClassifyOptions, 'signal'> {
  /**
   * How much each new frame counts against those before, above 0 and at most 1 (no smoothing).
   * Default 0.4.
   */
  readonly smoothing?: number;
  /** Frames looked at in a second, at most. Default 10. */
  readonly maxRate?: number;
  /** Ends the watch, quietly. */
  readonly signal?: AbortSignal;
}

/** A node of the everyday taxonomy: 动物 › 猫. */
export interface Category {
  /** Stable id, unique in the taxonomy. */
  readonly id: string;
  /** The Chinese name. */
  readonly zh: string;
  /** The English name. */
  readonly en: string;
  /** Named as the thing itself: 应该是猫. Otherwise it is a kind: 应该是一种哺乳动物. */
  readonly itself: boolean;
}

/** One class, and how probable it is. */
export interface Prediction {
  /** Index of the class in the model's output; what was taught follows behind. */
  readonly index: number;
  /** Stable id of the class: a WordNet id where there is one; of what was taught `taught:` and its name. */
  readonly id: string;
  /** The Chinese name (same as `label_zh`). */
  readonly label: string;
  /** The Chinese name. */
  readonly label_zh: string;
  /** The English name. */
  readonly label_en: string;
  /** Other Chinese names. */
  readonly aliases: readonly string[];
  /** The Chinese name in Hanyu Pinyin with tone marks, by words; with `moreNames`, where it is known. */
  readonly label_pinyin?: string;
  /** The Chinese name in Traditional characters, as Taiwan says it; with `moreNames`, where it is known. */
  readonly label_zh_hant?: string;
  /** From the widest category to the narrowest; empty when the model has no taxonomy. */
  readonly categories: readonly Category[];
  /** Probability, 0 to 1. */
  readonly score: number;
}

/** What is to be said of a class or a category: its names, what it is, and the words that it is looked for by. */
export interface Description {
  /** Of the class, or of the category. */
  readonly id: string;
  /** The Chinese name, in Simplified characters. */
  readonly label_zh: string;
  /** The Chinese name in Traditional characters, as Taiwan says it. */
  readonly label_zh_hant: string;
  /** The Chinese name in Hanyu Pinyin with tone marks, by words. */
  readonly label_pinyin: string;
  /** The English name. */
  readonly label_en: string;
  /** Other names in Traditional characters, those of Hong Kong among them. Empty for a category. */
  readonly aliases_zh_hant: readonly string[];
  /** A sentence or two in Chinese, in Simplified characters: what it is, and how to tell it from its neighbours. */
  readonly about_zh: string;
  /** The same in English. */
  readonly about_en: string;
  /** Chinese words by which people look for it, other than its names. */
  readonly words_zh: readonly string[];
  /** English words by which people look for it, other than its name. */
  readonly words_en: readonly string[];
  /** A category's English plural, as a heading has it: `Dogs`. Empty for a class. */
  readonly plural_en: string;
  /** A category's Chinese measure word: 只 for 狗, as in 三只狗. Empty for a class. */
  readonly counter_zh: string;
}

/**
 * Why a name was found, from the best on: it is called so; a category's other word (犬 for 狗); it lies in a category
 * that is called so; its other name; a word by which it is looked for; the name's sound (`gou`, `gǒu`); a
 * synonym's; that of another word; its last word, or in English a word of it; it begins so, in characters, sounds or initials.
 */
export type NameMatch =
  | 'name'
  | 'synonym'
  | 'category'
  | 'alias'
  | 'word'
  | 'pinyin'
  | 'pinyin-of-synonym'
  | 'pinyin-of-word'
  | 'part'
  | 'beginning';

/** A class or category that was found by what people call it. */
export interface FoundName {
  /** Of the class, or of the category. */
  readonly id: string;
  /** A class is one of the model's thousand; a category has classes below it. */
  readonly kind: 'class' | 'category';
  /** The Chinese name, in Simplified characters. */
  readonly label_zh: string;
  /** The Chinese name in Traditional characters, as Taiwan says it. */
  readonly label_zh_hant: string;
  /** The English name. */
  readonly label_en: string;
  /** The Chinese name in Hanyu Pinyin with tone marks, by words. */
  readonly label_pinyin: string;
  /** From the widest category down: to the category itself, or to the one that the class is in. */
  readonly path: readonly Category[];
  /** Ids of all categories above it: where it lies in several, those of `path` are not all. */
  readonly above: readonly string[];
  /** How what was typed led to it. */
  readonly match: NameMatch;
}

/**
 * The most specific thing that can honestly be said: a class, or a category where its classes are likelier
 * together than any of them alone by more than is lost in saying less; or that it cannot be told.
 */
export interface Answer {
  /** What is named: a class, a category in place of one, or nothing. */
  readonly kind: 'class' | 'category' | 'unknown';
  /** Id of the class or category; null when it cannot be told. */
  readonly id: string | null;
  /** The Chinese name (same as `label_zh`), or 看不出来. */
  readonly label: string;
  /** The Chinese name, or 看不出来. */
  readonly label_zh: string;
  /** The English name, or “can’t tell”. */
  readonly label_en: string;
  /** The name in Traditional characters, as a prediction's; with `moreNames`. */
  readonly label_zh_hant?: string;
  /** The name in Hanyu Pinyin, as a prediction's; with `moreNames`. */
  readonly label_pinyin?: string;
  /** Its probability, 0 to 1; when it cannot be told, that of the likeliest class. */
  readonly score: number;
  /** From the widest category down: to the answer itself, or to the one that the class is in. */
  readonly path: readonly Category[];
}

/** Milliseconds spent on each arrow of the datum's way. */
export interface Timings {
  /** From the call until a worker takes the picture up: fetching or copying it, and waiting. */
  readonly queue: number;
  /** From the file's bytes to pixels; of a JPEG, PNG, GIF or BMP to the network's size at once. */
  readonly decode: number;
  /** Cropping, and resizing to the network's input, where `decode` has not done it. */
  readonly resize: number;
  /** From pixels to the tensor. */
  readonly normalize: number;
  /** The network itself. */
  readonly inference: number;
  /** Softmax, top-k and labels. */
  readonly postprocess: number;
  /** From the call to the answer. */
  readonly total: number;
  /** Which engine `inference` is of. */
  readonly engine: EngineName;
}

/** What a picture shows. */
export interface Classification {
  /** Best first. */
  readonly predictions: readonly Prediction[];
  /** What to say of the picture. It need not be the first prediction. */
  readonly answer: Answer;
  /** The picture that was looked at. */
  readonly image: {
    /** Upright width in pixels. */
    readonly width: number;
    /** Upright height in pixels. */
    readonly height: number;
    /** EXIF orientation, 1 to 8, that shiwu applied; 1 when upright or turned by the browser. */
    readonly orientation: number;
    /** Which decoder read it (`heic`: the optional one); null when the input was pixels already. */
    readonly decoder: 'shiwu' | 'browser' | 'heic' | null;
    /** The file is cut or damaged: what is there, at least half of the picture, was looked at. */
    readonly truncated: boolean;
    /**
     * When a JPEG, PNG or WebP file's EXIF says that it was taken, by the camera's clock: ISO 8601, as
     * `2024-05-17T12:34:56`, with an offset to UTC (`+08:00`) where the camera wrote one.
     */
    readonly takenAt?: string;
  };
  /** Where the time went. */
  readonly timings: Timings;
  /** The model's embedding, when asked for. */
  readonly features?: Float32Array;
  /** The embedding's direction, from −127 to 127 each, the largest of which is one of the two; when asked for. */
  readonly levels?: Int8Array;
  /** Where the network looked, when asked for. */
  readonly maps?: ClassMaps;
}

/** A point of the upright picture, in pixels. */
export interface Point {
  /** From the left edge. */
  readonly x: number;
  /** From the upper edge. */
  readonly y: number;
}

/** What to ask about: a point, or a rectangle, in pixels of the upright picture; fractions will do. */
export type Place = Point | Region;

/** Class activation maps as they may be stored or sent: see {@link ClassMaps}. */
export interface MapsData {
  /** Places across; 7 for the bundled model. */
  readonly width: number;
  /** Places down. */
  readonly height: number;
  /**
   * What lies under the maps, in pixels of the upright picture: the part that the network saw, which
   * crops what is no square. Fractions of pixels; where `resize.mode` is `pad`, it reaches outside.
   */
  readonly region: Region;
  /** The upright picture. */
  readonly picture: {
    /** In pixels. */
    readonly width: number;
    /** In pixels. */
    readonly height: number;
  };
  /** Ids of the classes, in order. */
  readonly ids: readonly string[];
  /**
   * [classes][height][width], row by row: what each place speaks for each class. A class's mean over the
   * places is its logit.
   */
  readonly values: Float32Array;
}

/** Where the network looked, for each class (Zhou et al. 2016). */
export interface ClassMaps extends MapsData {
  /**
   * A class's map, by its id or index: [height][width], row by row; a view of `values`. Throws
   * `invalid-argument` where there is no such class.
   */
  at(of: string | number): Float32Array;
}

/** What maps say of a place at once, without another run. */
export interface Glance extends Pick<Classification, 'predictions' | 'answer'> {
  /** What to look at for a better answer: `classify(photo, { region })`. It has what was asked about in it. */
  readonly region: Region;
}

/** What to ask of a place: every option has a default. */
export type LookOptions = Pick<ClassifyOptions, 'topK' | 'threshold' | 'allow' | 'deny' | 'signal'>;

/** What to ask of several things: every option has a default. */
export type FindOptions = Pick<
  ClassifyOptions,
  'topK' | 'threshold' | 'allow' | 'deny' | 'precision' | 'signal'
>;

/** One of several things in a picture. */
export interface Thing extends Pick<Classification, 'predictions' | 'answer'> {
  /** Where it is, in pixels of the upright picture: what was looked at to name it. */
  readonly region: Region;
}

/** What was found in a picture. */
export interface Found extends Pick<Classification, 'image'> {
  /** At least one, the surest first; where there is but one, its region is the whole picture. */
  readonly things: readonly Thing[];
}

/** How a map is painted. */
export interface PaintMapOptions {
  /** The class whose map it is, by id or index. */
  readonly of: string | number;
  /**
   * The class that it is compared with: what speaks for `of` is red, what speaks for this one is blue,
   * and what speaks for neither black. Default: none, from black (least) to light yellow (most).
   */
  readonly against?: string | number;
  /** Pixels across. Default: 32 a place. */
  readonly width?: number;
  /** Pixels down. Default: 32 a place. */
  readonly height?: number;
  /** Cancels the call, which then rejects with code `aborted`. */
  readonly signal?: AbortSignal;
}

/** Opaque RGBA pixels; in browsers `new ImageData(data, width, height)` shows them. */
export interface PaintedMap {
  /** 4 bytes a pixel, row by row. */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
}

/** One input or output of a network. */
export interface TensorInfo {
  /** Its name in the graph. */
  readonly name: string;
  /** `float32`, `uint8`, …; `not a tensor` for sequences and maps. */
  readonly type: string;
  /** Sides, a text for each that is free. Empty where the file does not say. */
  readonly shape: readonly (number | string)[];
  /** Of an output that has gone through one already, which: its numbers are the scores as they are. */
  readonly activation?: 'softmax' | 'sigmoid';
  /** Names of the classes, where the graph itself has them beside this output (a ZipMap). */
  readonly labels?: readonly string[];
}

/** What a network takes and gives, as its file says. */
export interface Network {
  /** What it takes; shiwu needs exactly one, a colour picture. */
  readonly inputs: readonly TensorInfo[];
  /** What it gives: the logits, and perhaps an embedding. */
  readonly outputs: readonly TensorInfo[];
}

/** What a classifier runs, and on what. */
export interface ClassifierInfo {
  /** From the model's manifest. */
  readonly model: {
    /** The model's name for programs. */
    readonly id: string;
    /** The model's version. */
    readonly version: string;
    /** The model's name for people. */
    readonly name: { readonly zh: string; readonly en: string };
    /** SPDX expression. */
    readonly license: string;
    /** Where the weights come from. */
    readonly source: string;
    /** How many classes it tells apart. */
    readonly classes: number;
    /** Input height and width in pixels. */
    readonly size: readonly [number, number];
    /** Size of the `.onnx`, unpacked. */
    readonly bytes: number;
    /** Whether one class is right, or each stands for itself. */
    readonly task: 'single-label' | 'multi-label';
    /** What the network takes and gives. */
    readonly network: Network;
    /** Whether it can say where it looked: see { ClassifyOptions.maps}. */
    readonly maps: boolean;
    /** Whether it can be taught: it has an embedding, and classes that exclude each other. */
    readonly teachable: boolean;
    /** Whether nobody said how it wants its pixels, so that ImageNet's custom was taken. */
    readonly assumed: boolean;
  };
  /** Which engine runs the network now. */
  readonly engine: EngineName;
  /** Why that one, for developers: `asked for`, `held to ONNX Runtime`, `operator Resize`, … */
  readonly engineReason: string;
  /** Where it runs. */
  readonly backend: Backend;
  /** Threads of one inference. */
  readonly threads: number;
}

/** A loaded model, ready to name pictures. */
export interface Classifier extends AsyncDisposable {
  /** What is loaded. */
  readonly info: ClassifierInfo;
  /** Names one picture. Calls may overlap: they wait for a free worker in the order of the calls. */
  classify(input: ImageInput, options?: ClassifyOptions): Promise<Classification>;
  /**
   * Names many pictures in several workers. Bounded memory: inputs are taken up as results are
   * taken away. Leaving the loop, or the signal, cancels what is under way.
   */
  classifyMany<T extends ImageInput>(
    inputs: Iterable<T> | AsyncIterable<T>,
    options?: ClassifyManyOptions,
  ): AsyncIterableIterator<ManyResult<T>>;
  /**
   * Answers about a point or a part of a picture from its maps, at once. Rejects with `invalid-argument`,
   * `non-finite-scores`.
   */
  look(maps: MapsData, place: Place, options?: LookOptions): Promise<Glance>;
  /**
   * Names several things in one picture, as far as the model has maps: a few runs more. Rejects as
   * `classify` does.
   */
  find(input: ImageInput, options?: FindOptions): Promise<Found>;
  /** Paints a class's map, to be laid over `maps.region` of the picture. Rejects with `invalid-argument`. */
  paintMap(maps: MapsData, options: PaintMapOptions): Promise<PaintedMap>;
  /**
   * The pictures that look most like one, the most alike first, by their `levels`: an exact search through all of them, in
   * a worker; 10,000 take some ten milliseconds. Those of other models are passed over. Rejects with
   * `invalid-argument`, `aborted`.
   */
  nearest(
    one: Int8Array,
    among: readonly Int8Array[],
    options?: NearestOptions,
  ): Promise<readonly Neighbour[]>;
  /**
   * Puts together pictures that are nearly the same (copies, smaller copies, shots a moment apart), by their `levels`, in
   * a worker: indexes in `all`, two or more a group, each group in the order of `all` and so are the groups. One after the other joins
   * the group whose first picture it is most alike. Rejects with `invalid-argument`, `aborted`.
   */
  groupAlike(
    all: readonly Int8Array[],
    options?: GroupOptions,
  ): Promise<readonly (readonly number[])[]>;
  /**
   * Names what a video or camera shows, again and again: the latest frame wins, answers are
   * steadied over time, and nothing is done while the page is hidden. Only in browsers.
   */
  watch(video: HTMLVideoElement, options?: WatchOptions): AsyncIterableIterator<Classification>;
  /**
   * Shows it what something looks like: from now on the name is answered in the same ranking as the
   * model's own. A few photos that differ are enough, 1 to 20; more of the same name add to what is known. All of
   * them are learnt, or, where one cannot be read, none. Rejects with `not-teachable` where the model
   * has no embedding or its classes do not exclude each other.
   */
  teach(
    name: string,
    photos: ImageInput | readonly ImageInput[],
    options?: TeachOptions,
  ): Promise<TaughtCategory>;
  /** Forgets a name and its photos. An unknown name is `invalid-argument`. */
  forget(name: string): Promise<void>;
  /** Gives what is taught another name, which must be new. Its id changes with it. */
  rename(from: string, to: string): Promise<void>;
  /** Makes two names one: `from` goes, and its photos are `into`'s. */
  merge(from: string, into: string): Promise<void>;
  /** What is taught, in the order in which it was. */
  readonly taught: readonly TaughtCategory[];
  /** All that is taught as one small file, for {@link importTaught}; the photos are not in it. */
  exportTaught(): Promise<Blob>;
  /**
   * The model with what is taught as classes of its own, as one `.onnx` that runs anywhere: here as any packed model,
   * and in ONNX Runtime and its like. Its scores are those of this classifier, within 1e-4; the new classes stand
   * behind the model's, in the order of `taught`, and its labels, manifest and taxonomy know them. 5 kB more than the
   * model for each name, at most.
   *
   * Rejects with `not-bakeable` where the network ends in an unusual way, `not-teachable`, `invalid-argument` when
   * nothing is taught, or `out-of-memory`.
   */
  bake(): Promise<Blob>;
  /**
   * Takes over what such a file has, beside what is taught; equal names become one. With `replace`, in place
   * of what is taught. A file that was made with another model is `model-mismatch`, one that is damaged
   * `invalid-taught`; both change nothing.
   */
  importTaught(
    file: Blob | ArrayBuffer | Uint8Array,
    options?: { readonly replace?: boolean },
  ): Promise<readonly TaughtCategory[]>;
  /**
   * What is to be said of a class or a category of the models that ship, by its id; null for an id that is none of
   * theirs. A model of your own whose classes have WordNet ids shares them. The first call fetches a file of 210 kB,
   * which is kept as the model is.
   *
   * Rejects with `network`, `not-found`, `truncated-download` or `tampered-download` (call again to retry), or
   * `disposed`.
   */
  describe(id: string): Promise<Description | null>;
  /**
   * Classes and categories of the models that ship, by what people call them: by Chinese in either kind of
   * characters, English, pinyin with or without tone marks, or initials. The best match first, equals by the order
   * of the classes, categories before them; what lies in a category that is found is found with it. Empty
   * where nothing is called so. It needs the file that `describe` does, and rejects as that does.
   */
  searchNames(text: string): Promise<readonly FoundName[]>;
  /** Frees the workers and their memory; waiting calls reject with code `disposed`. */
  dispose(): Promise<void>;
}
