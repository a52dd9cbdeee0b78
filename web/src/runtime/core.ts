/**
 * The C++ core as JavaScript values: the only code that touches the wasm heap. Every call copies
 * its input in once, copies its answer out, and frees what it allocated, whatever happens.
 */
import createModule, {
  type MainModule as Bindings,
  type ClassHead,
  type Engine,
  type NameTable,
  type TaughtTable,
  type ThingFinder,
} from '../../../build/wasm-release/shiwu_wasm.mjs';
import { CORE_ERROR_CODES, type ErrorCode, ShiwuError } from '../errors.js';
import type { HeadNames } from '../model/manifest.js';
import type { Category, Region, TaughtCategory, TensorInfo } from '../types.js';

/** Of the heap, Emscripten's types say nothing. */
type MainModule = Omit<Bindings, 'HEAPU8'> & { readonly HEAPU8: Uint8Array<ArrayBuffer> };

/** RGBA8 pixels inside the wasm heap. Whoever gets one must call `free()` exactly once. */
export interface HeapPixels {
  readonly address: number;
  readonly width: number;
  readonly height: number;
  /** EXIF orientation still to be applied, 1 to 8. */
  readonly orientation: number;
  free(): void;
}

/** A file inside the wasm heap, to be read more than once. Whoever gets one must call `free()`. */
export interface HeapFile {
  readonly address: number;
  /** The same outside of the heap. */
  readonly bytes: Uint8Array;
  /** May be called again. */
  free(): void;
}

export type ImageFormat = 'unknown' | 'jpeg' | 'png' | 'gif' | 'bmp' | 'webp' | 'avif' | 'heic';

/** Width and height as seen upright: orientations 5 to 8 exchange them. */
export function uprightSize({ width, height, orientation }: Omit<HeapPixels, 'address' | 'free'>): {
  readonly width: number;
  readonly height: number;
} {
  return orientation >= 5 ? { width: height, height: width } : { width, height };
}

/** How a picture becomes the model's size; the manifest's `resize` and `input.size`. */
export interface FitOptions {
  readonly width: number;
  readonly height: number;
  readonly mode: 'crop-shortest' | 'stretch' | 'pad';
  /** Part of the shorter side that is kept, above 0 and at most 1. */
  readonly cropFraction: number;
  readonly filter: 'box' | 'bilinear' | 'hamming' | 'bicubic' | 'lanczos';
}

/** value = (x · scale − mean) / std, x in 0..255, channels in the tensor's order. */
export interface TensorOptions {
  readonly layout: 'NCHW' | 'NHWC';
  readonly color: 'RGB' | 'BGR';
  readonly scale: number;
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/** What of a file is wanted, and how exactly. */
export interface FileOptions {
  /** Larger pictures are refused. */
  readonly maxPixels: number;
  /**
   * false: a JPEG may be decoded smaller and pixels averaged in blocks, as long as the model sees at least
   * twice its size.
   */
  readonly exact: boolean;
  /** In pixels of the upright picture; null: all of it. */
  readonly region: Region | null;
}

/** A file's picture at the model's size, and what it was. */
export interface FittedFile {
  /** Upright. Whoever gets them must call `free()` exactly once. */
  readonly pixels: HeapPixels;
  /** Upright size of the picture in the file. */
  readonly width: number;
  readonly height: number;
  readonly orientation: number;
  /** The file is cut or damaged; at least half of the picture is there. */
  readonly truncated: boolean;
  /** As `Classification.image` has it. */
  readonly takenAt?: string;
}

/** Numbers of the places of a grid: [channels or classes][height][width]. */
export interface Places {
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
}

/** Where the classes are made: names in the graph. */
export interface BakePorts {
  readonly logits: string;
  readonly features: string;
  /** The layer between the two, where it is known. */
  readonly head: HeadNames | null | undefined;
}

/** A rectangle by its edges. */
export interface Edges {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** How a map becomes a picture. */
export interface PaintOptions {
  /** The value at the lower end of the colours, and at the upper. */
  readonly low: number;
  readonly high: number;
  readonly scale: 'inferno' | 'berlin';
  readonly to: { readonly width: number; readonly height: number };
}

/** Of one picture: first its views, then its candidates' looks. A handle: call `dispose()`. */
export interface CoreFinder {
  /** `seen` is what lies under the maps, in pixels of the picture. */
  addView(maps: Places, seen: Edges, temperature: number): void;
  /** Regions that deserve a run of their own, the surest first. */
  candidates(): Region[];
  /** The scores of candidate `index`. */
  addLook(index: number, scores: Float32Array): void;
  /** Indexes of the candidates that are things, the surest first. */
  things(): number[];
  dispose(): void;
}

/** As in bindings.cc. */
const MOST_REGIONS = 64;

export interface RankOptions {
  readonly topK: number;
  readonly threshold: number;
  readonly allow: readonly number[];
  readonly deny: readonly number[];
}

export interface AnswerOptions extends Pick<RankOptions, 'allow' | 'deny'> {
  /** What being right weighs against being specific, 0 or more. */
  readonly hedge: number;
  /** The least log sum exp of the logits of something known. */
  readonly familiar: number;
  /** The scores are of one whole and can be added up. */
  readonly exclusive: boolean;
}

/** In the order of the core's enum. */
const ANSWER_KINDS = ['class', 'category', 'unknown'] as const;

/** `index` is the class's, or the category's in the taxonomy. */
export interface Answered extends Ranked {
  readonly kind: (typeof ANSWER_KINDS)[number];
}

export interface Ranked {
  readonly index: number;
  readonly score: number;
}

export interface ClassName {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  readonly aliases: readonly string[];
  readonly categories: readonly Category[];
  /** The score from which the class is answered, 0 to 1. */
  readonly threshold: number;
}

export class Core {
  #live = 0;

  private constructor(private readonly module: MainModule) {}

  /** Starts the compiled module. */
  static load(compiled: WebAssembly.Module): Promise<Core> {
    return new Promise((resolve, reject) => {
      const instantiateWasm = (
        imports: WebAssembly.Imports,
        onInstance: (instance: WebAssembly.Instance) => void,
      ) => {
        WebAssembly.instantiate(compiled, imports).then(onInstance, reject);
        return {};
      };
      createModule({ instantiateWasm }).then((module) => resolve(new Core(module)), reject);
    });
  }

  /** Has the browser compile what the first photo will need; some tens of milliseconds. */
  warmUp(): void {
    this.module.warmUp();
  }

  /** Heap blocks and handles not yet freed: 0 between calls, but for open name tables and engines. */
  get liveAllocations(): number {
    return this.#live;
  }

  /** Bytes of the wasm heap, which grows with the largest picture so far and never shrinks. */
  get heapBytes(): number {
    return this.module.HEAPU8.byteLength;
  }

  sniffFormat(head: Uint8Array): ImageFormat {
    return this.#withBytes(
      head,
      (address) => this.module.sniffFormat(address, head.length) as ImageFormat,
    );
  }

  /** The sides that a WebP, AVIF or HEIC file claims, as stored; null where it does not say. */
  readClaimedSize(file: Uint8Array): { width: number; height: number } | null {
    return this.#withBytes(file, (fileAt) =>
      this.#withBytes(new Uint8Array(8), (sidesAt) => {
        if (!this.module.readClaimedSize(fileAt, file.length, sidesAt)) return null;
        const sides = new Uint32Array(this.module.HEAPU8.buffer, sidesAt, 2);
        const [width, height] = sides as unknown as [number, number];
        return { width, height };
      }),
    );
  }

  /** EXIF orientation of a JPEG, PNG or WebP file, 1 to 8; 1 when there is none. */
  readOrientation(file: Uint8Array): number {
    return this.#withBytes(file, (address) => this.module.readOrientation(address, file.length));
  }

  /** When a JPEG, PNG or WebP file says that it was taken; undefined when it does not. */
  readCaptureTime(file: Uint8Array): string | undefined {
    return this.#withBytes(file, (address) => this.#captureTimeAt(address, file.length));
  }

  /** Decodes JPEG, PNG, GIF or BMP bytes; alpha is composited on white. */
  decode(file: Uint8Array, maxPixels: number): HeapPixels {
    return this.#withBytes(file, (fileAt) =>
      this.#withBytes(new Uint8Array(8), (sidesAt) => {
        const pixels = this.module.decodeImage(fileAt, file.length, maxPixels, sidesAt);
        check(this.module);
        const sides = new Int32Array(this.module.HEAPU8.buffer, sidesAt, 2);
        const [width, height] = sides as unknown as [number, number];
        const orientation = this.module.readOrientation(fileAt, file.length);
        return this.#adopt(pixels, width, height, orientation);
      }),
    );
  }

  /** Copies RGBA8 pixels in and composites their alpha on white. */
  importPixels(
    rgba: Uint8Array | Uint8ClampedArray,
    width: number,
    height: number,
    orientation = 1,
  ): HeapPixels {
    if (!(width >= 1 && height >= 1) || rgba.length !== 4 * width * height) {
      throw new ShiwuError('invalid-argument', `${rgba.length} bytes for ${width} × ${height}`);
    }
    const address = this.#allocate(rgba.length);
    this.module.HEAPU8.set(rgba, address);
    this.module.flattenOnWhite(address, width * height);
    return this.#handle(address, width, height, orientation);
  }

  /**
   * Turns upright, takes the region, crops and resamples to the model's size. `pixels` stays the
   * caller's.
   */
  fitToModel(
    pixels: HeapPixels,
    options: FitOptions,
    { exact = true, region = null }: Partial<Pick<FileOptions, 'exact' | 'region'>> = {},
  ): HeapPixels {
    const { address, width, height, orientation } = pixels;
    const part = region ? checkIntegers(region) : { x: 0, y: 0, ...uprightSize(pixels) };
    const fitted = this.module.fitToModel(
      address,
      width,
      height,
      orientation,
      exact,
      part.x,
      part.y,
      part.width,
      part.height,
      options.width,
      options.height,
      options.mode,
      options.filter,
      options.cropFraction,
    );
    check(this.module);
    return this.#adopt(fitted, options.width, options.height, 1);
  }

  /**
   * `decode` and `fitToModel` in one: a JPEG is resampled while it is decoded, and never whole in
   * memory.
   */
  fitFile(
    file: Uint8Array,
    options: FitOptions,
    { maxPixels, exact, region }: FileOptions,
  ): FittedFile {
    // A width of 0 means all of the picture; asked for by a caller it is a mistake.
    const part = region ? checkIntegers(region) : { x: 0, y: 0, width: 0, height: 0 };
    if (region && region.width < 1) throw new ShiwuError('invalid-argument', 'an empty region');
    return this.#withBytes(file, (fileAt) =>
      this.#withBytes(new Uint8Array(16), (factsAt) => {
        const pixels = this.module.fitFile(
          fileAt,
          file.length,
          maxPixels,
          exact,
          part.x,
          part.y,
          part.width,
          part.height,
          options.width,
          options.height,
          options.mode,
          options.filter,
          options.cropFraction,
          factsAt,
        );
        check(this.module);
        const facts = new Int32Array(this.module.HEAPU8.buffer, factsAt, 4);
        const [width, height, orientation, truncated] = facts as unknown as number[];
        const takenAt = this.#captureTimeAt(fileAt, file.length);
        return {
          pixels: this.#adopt(pixels, options.width, options.height, 1),
          ...uprightSize({ width, height, orientation } as HeapPixels),
          orientation: orientation as number,
          truncated: truncated !== 0,
          ...(takenAt && { takenAt }),
        };
      }),
    );
  }

  /**
   * A batch of equally sized pixels as one float32 tensor, [N, 3, H, W] or [N, H, W, 3]. `into`, of
   * the tensor's length, is filled and returned instead of a new array: fresh memory costs more than
   * the arithmetic.
   */
  toTensor(
    batch: readonly HeapPixels[],
    options: TensorOptions,
    into?: Float32Array,
  ): Float32Array {
    const first = batch[0];
    if (!first) throw new ShiwuError('invalid-argument', 'empty batch');
    const item = 3 * first.width * first.height;
    const tensor = into ?? new Float32Array(item * batch.length);
    if (tensor.length !== item * batch.length) {
      throw new ShiwuError('invalid-argument', `a tensor of ${tensor.length} floats`);
    }
    return this.#withFloats(tensor, (address) => {
      batch.forEach((pixels, index) => {
        if (pixels.width !== first.width || pixels.height !== first.height) {
          throw new ShiwuError('invalid-argument', 'a batch must have one size');
        }
        this.writeTensor(pixels, options, index, address, item * batch.length);
      });
    });
  }

  /** Writes the pixels as item `index` of a tensor of `length` floats on the heap. */
  writeTensor(
    { address, width, height }: HeapPixels,
    { layout, color, scale, mean, std }: TensorOptions,
    index: number,
    tensorAt: number,
    length: number,
  ): void {
    this.#withBytes(asBytes(Float32Array.of(scale, ...mean, ...std)), (numbers) =>
      this.module.toTensor(address, width, height, layout, color, numbers, index, tensorAt, length),
    );
    check(this.module);
  }

  /** Probabilities from logits: softmax, or a sigmoid per class for multi-label models. */
  scores(
    logits: Float32Array,
    task: 'single-label' | 'multi-label',
    temperature: number,
  ): Float32Array {
    const activate = task === 'single-label' ? this.module.softmax : this.module.sigmoid;
    return this.#withFloats(
      new Float32Array(logits.length),
      (address) => {
        activate(address, logits.length, temperature, address);
        check(this.module);
      },
      logits,
    );
  }

  /** The best classes, best first; equal scores by lower index. */
  topK(scores: Float32Array, options: RankOptions): Ranked[] {
    const { topK, threshold } = options;
    return this.#withClasses(scores, options, (classes) =>
      this.#withRanking(scores.length, (rankingAt) => {
        const [scoresAt, count, ...filter] = classes;
        const ranked = this.module.topK(scoresAt, count, topK, threshold, ...filter, rankingAt);
        check(this.module);
        return ranked;
      }),
    );
  }

  /** What can honestly be said by these scores; `logits` are what they were made of, or empty. */
  answer(
    names: Names,
    logits: Float32Array,
    scores: Float32Array,
    options: AnswerOptions,
  ): Answered {
    const { hedge, familiar, exclusive } = options;
    return this.#withBytes(asBytes(logits), (logitsAt) =>
      this.#withClasses(scores, options, (classes) => {
        let kind = -1;
        const [found] = this.#withRanking(1, (at) => {
          const [scoresAt, count, ...filter] = classes;
          kind = names.table.answer(
            logitsAt,
            logits.length,
            scoresAt,
            count,
            hedge,
            familiar,
            exclusive,
            ...filter,
            at,
          );
          check(this.module);
          return 1;
        });
        return { kind: ANSWER_KINDS[kind] as Answered['kind'], ...(found as Ranked) };
      }),
    );
  }

  /** The embedding's direction in levels from -127 to 127, for `likeness`. */
  toLevels(embedding: Float32Array): Int8Array<ArrayBuffer> {
    return this.#withBytes(asBytes(embedding), (from) =>
      this.#withBytes(new Uint8Array(embedding.length), (to) => {
        this.module.toLevels(from, embedding.length, to);
        check(this.module);
        return new Int8Array(this.module.HEAPU8.buffer, to, embedding.length).slice();
      }),
    );
  }

  /** Cosines between `one` and each of the vectors that stand in `all` one behind the other. */
  likeness(all: Int8Array, one: Int8Array): Float32Array {
    const count = one.length > 0 ? all.length / one.length : 0;
    if (!Number.isInteger(count)) {
      throw new ShiwuError('invalid-argument', `${all.length} levels beside ${one.length}`);
    }
    return this.#withBytes(asBytes(all), (allAt) =>
      this.#withBytes(asBytes(one), (oneAt) =>
        this.#withFloats(new Float32Array(count), (to) => {
          this.module.likeness(allAt, count, oneAt, one.length, to);
          check(this.module);
        }),
      ),
    );
  }

  /**
   * Of each of the vectors of `size` levels that stand in `all` one behind the other: the first member of the group of
   * those that are nearly the same, as much alike as `least`. Only those that share one of `tags` are compared.
   */
  groupAlike(all: Int8Array, size: number, tags: Int32Array, least: number): Int32Array {
    const count = all.length / size;
    return this.#withBytes(asBytes(all), (allAt) =>
      this.#withBytes(asBytes(tags), (tagsAt) =>
        this.#withBytes(new Uint8Array(4 * count), (to) => {
          this.module.groupAlike(allAt, count, size, tagsAt, tags.length, least, to);
          check(this.module);
          return new Int32Array(this.module.HEAPU8.buffer, to, count).slice();
        }),
      ),
    );
  }

  /** What was taught on embeddings of `size` numbers of the model that is called so: nothing yet. */
  newTaught(model: string, size: number): TaughtHandle {
    return this.#taught(this.module.newTaught(model, size));
  }

  /** What was written by `TaughtHandle.write`; else throws `invalid-taught`. */
  parseTaught(file: Uint8Array): TaughtHandle {
    return this.#withBytes(file, (at) => {
      const table = this.module.parseTaught(at, file.length);
      check(this.module);
      return this.#taught(table);
    });
  }

  /** The tables of labels and of the taxonomy, in UTF-8, with what is taught behind their rows. */
  bakeTables(
    labels: Uint8Array,
    taxonomy: Uint8Array,
    taught: TaughtHandle,
  ): { readonly labels: string; readonly taxonomy: string } {
    const both = this.#withBytes(labels, (labelsAt) =>
      this.#withBytes(taxonomy, (taxonomyAt) =>
        this.module.bakeTables(labelsAt, labels.length, taxonomyAt, taxonomy.length, taught.table),
      ),
    ) as string;
    check(this.module);
    const [first = '', second = ''] = both.split('\f');
    return { labels: first, taxonomy: second };
  }

  /**
   * The .onnx file with what is taught as classes of its own, and these texts in its metadata. The rows go into the
   * layer `head`; without one, a layer is put beside what makes the logits. Throws `unsupported-model` where the
   * graph is of another kind, `invalid-model`, `invalid-argument` where nothing is taught, `out-of-memory`.
   */
  bake(
    { address, bytes }: HeapFile,
    { logits, features, head }: BakePorts,
    taught: TaughtHandle,
    texts: { readonly manifest: string; readonly labels: string; readonly taxonomy: string },
  ): Uint8Array<ArrayBuffer> {
    const at = this.module.bake(
      address,
      bytes.length,
      taught.table,
      logits,
      features,
      head?.weight ?? '',
      head?.scale ?? '',
      head?.bias ?? '',
      texts.manifest,
      texts.labels,
      texts.taxonomy,
    );
    return takeFile(this.module, at);
  }

  #taught(table: TaughtTable | null): TaughtHandle {
    this.#live++;
    const withEmbedding: WithEmbedding = (embedding, use) =>
      this.#withBytes(asBytes(embedding), use);
    const withFloats: WithFloats = (out, fill) => this.#withFloats(out, fill);
    return new TaughtHandle(this.module, table as TaughtTable, withEmbedding, withFloats, () => {
      this.#live--;
    });
  }

  /** Copies a file in. */
  importFile(bytes: Uint8Array): HeapFile {
    const address = this.#allocate(bytes.length);
    let held = true;
    const free = () => {
      if (held) this.#release(address);
      held = false;
    };
    this.module.HEAPU8.set(bytes, address);
    return { address, bytes, free };
  }

  /** `metadata_props` of an .onnx file: the values are UTF-8, and views of its `bytes`. */
  readOnnxMetadata({ address, bytes }: HeapFile): Map<string, Uint8Array> {
    const places = this.module.readOnnxMetadata(address, bytes.length) >>> 0;
    check(this.module);
    const entries = new Map<string, Uint8Array>();
    const numbers = new Uint32Array(this.module.HEAPU8.buffer, places);
    const text = (at: number) => {
      const [start, size] = numbers.subarray(at, at + 2) as unknown as [number, number];
      return bytes.subarray(start, start + size);
    };
    for (let at = 0; numbers[at]; at += 4) entries.set(fromUtf8(text(at)), text(at + 2));
    this.module.release(places);
    return entries;
  }

  /**
   * Makes the .onnx file ready to run on the core's own engine. `size`, height and width, is taken where
   * the file leaves the input's free. The output called `tapped`, a map, is read by `mapsBy` alone, and
   * costs nothing where it is not. Throws `unsupported-model` with what is not known, `invalid-model`,
   * `out-of-memory`.
   */
  loadEngine(
    { address, bytes }: HeapFile,
    size: readonly [number, number],
    tapped = '',
  ): CoreEngine {
    const engine = this.module.loadEngine(address, bytes.length, ...size, tapped);
    check(this.module);
    this.#live++;
    return new CoreEngine(this, this.module, engine as Engine, () => this.#live--);
  }

  /**
   * Reads the linear layer that makes logits of features out of an .onnx file. Throws
   * `unsupported-model` where the file has it in another form, `invalid-model`, `out-of-memory`.
   */
  readHead({ address, bytes }: HeapFile, { weight, scale, bias }: HeadNames): CoreHead {
    const head = this.module.readHead(address, bytes.length, weight, scale ?? '', bias);
    check(this.module);
    this.#live++;
    const mapsAt = (featuresAt: number, layout: 'NCHW' | 'NHWC', height: number, width: number) => {
      const { classes } = head as ClassHead;
      const values = this.#withFloats(new Float32Array(classes * height * width), (to) => {
        (head as ClassHead).maps(featuresAt, layout, height, width, to);
        check(this.module);
      });
      return { values, height, width };
    };
    const copyIn = <T>(values: Float32Array, use: (address: number) => T) =>
      this.#withBytes(asBytes(values), use);
    return new CoreHead(head as ClassHead, mapsAt, copyIn, () => this.#live--);
  }

  /** The logits of a part of the maps alone; `box` in fractions of their width and height. */
  localLogits({ values, height, width }: Places, box: Edges): Float32Array {
    const classes = values.length / (height * width);
    return this.#withBytes(asBytes(values), (mapsAt) =>
      this.#withBytes(asBytes(edges(box)), (boxAt) =>
        this.#withFloats(new Float32Array(classes), (to) => {
          this.module.localLogits(mapsAt, classes, height, width, boxAt, to);
          check(this.module);
        }),
      ),
    );
  }

  /** One map as opaque RGBA8 pixels, bilinear, coloured from `low` to `high`. */
  paintMap(
    { values, height, width }: Places,
    { low, high, scale, to }: PaintOptions,
  ): Uint8ClampedArray<ArrayBuffer> {
    return this.#withBytes(asBytes(values), (mapAt) => {
      const painted = this.module.paintMap(
        mapAt,
        height,
        width,
        low,
        high,
        scale,
        to.width,
        to.height,
      );
      check(this.module);
      const pixels = this.#adopt(painted, to.width, to.height, 1);
      const view = new Uint8ClampedArray(
        this.module.HEAPU8.buffer,
        pixels.address,
        4 * to.width * to.height,
      );
      const copy = new Uint8ClampedArray(view);
      pixels.free();
      return copy;
    });
  }

  /** The part of an upright picture that the model sees, in its pixels. */
  seenPart(
    size: { readonly width: number; readonly height: number },
    { width, height, mode, cropFraction }: FitOptions,
  ): Edges {
    return this.#withBytes(asBytes(new Float64Array(4)), (to) => {
      this.module.seenPart(size.width, size.height, width, height, mode, cropFraction, to);
      check(this.module);
      const part = new Float64Array(this.module.HEAPU8.buffer, to, 4);
      const [left, top, right, bottom] = part as unknown as [number, number, number, number];
      return { left, top, right, bottom };
    });
  }

  /** The region of an upright picture that shows the model all of `part`, in its pixels. */
  regionAround(
    part: Edges,
    size: { readonly width: number; readonly height: number },
    { width, height, mode, cropFraction }: FitOptions,
  ): Region {
    const [region] = this.#withBytes(asBytes(edges(part)), (partAt) =>
      this.#regions((to) => {
        this.module.regionAround(
          partAt,
          size.width,
          size.height,
          width,
          height,
          mode,
          cropFraction,
          to,
        );
        check(this.module);
        return 1;
      }),
    );
    return region as Region;
  }

  /** Squares along the longer side of an upright picture. */
  viewsOf({ width, height }: { readonly width: number; readonly height: number }): Region[] {
    return this.#regions((to) => this.module.viewsOf(width, height, to));
  }

  /** What finds several things in an upright picture. */
  makeFinder(
    size: { readonly width: number; readonly height: number },
    { width, height, mode, cropFraction }: FitOptions,
  ): CoreFinder {
    const finder = this.module.makeFinder(
      size.width,
      size.height,
      width,
      height,
      mode,
      cropFraction,
    );
    check(this.module);
    this.#live++;
    const handle = finder as ThingFinder;
    return {
      addView: ({ values, height: rows, width: columns }, seen, temperature) => {
        const classes = values.length / (rows * columns);
        this.#withBytes(asBytes(values), (mapsAt) =>
          this.#withBytes(asBytes(edges(seen)), (seenAt) => {
            handle.addView(mapsAt, classes, rows, columns, seenAt, temperature);
            check(this.module);
          }),
        );
      },
      candidates: () => this.#regions((to) => handle.candidates(to)),
      addLook: (index, scores) =>
        this.#withBytes(asBytes(scores), (at) => handle.addLook(index, at, scores.length)),
      things: () =>
        this.#withBytes(new Uint8Array(4 * MOST_REGIONS), (to) => {
          const count = handle.things(to);
          return [...new Int32Array(this.module.HEAPU8.buffer, to, count)];
        }),
      dispose: () => {
        handle.delete();
        this.#live--;
      },
    };
  }

  #regions(fill: (to: number) => number): Region[] {
    return this.#withBytes(new Uint8Array(16 * MOST_REGIONS), (to) => {
      const count = fill(to);
      const numbers = new Int32Array(this.module.HEAPU8.buffer, to, 4 * count);
      return Array.from({ length: count }, (_, i) => {
        const [x, y, width, height] = numbers.subarray(4 * i) as unknown as number[];
        return { x, y, width, height } as Region;
      });
    });
  }

  /** Parses the label table and, unless empty, the taxonomy; both in UTF-8. */
  parseNames(labels: Uint8Array, taxonomy: Uint8Array): Names {
    return this.#withBytes(labels, (labelsAt) =>
      this.#withBytes(taxonomy, (taxonomyAt) => {
        const table = this.module.parseNames(
          labelsAt,
          labels.length,
          taxonomyAt,
          taxonomy.length,
        ) as NameTable;
        check(this.module);
        this.#live++;
        return new Names(table, () => this.#live--);
      }),
    );
  }

  #allocate(bytes: number): number {
    const address = this.module.allocate(Math.max(bytes, 1)) >>> 0;
    if (address === 0) throw new ShiwuError('out-of-memory', `${bytes} bytes`);
    this.#live++;
    return address;
  }

  #release(address: number): void {
    this.module.release(address);
    this.#live--;
  }

  #withBytes<T>(bytes: Uint8Array, use: (address: number) => T): T {
    const address = this.#allocate(bytes.length);
    try {
      this.module.HEAPU8.set(bytes, address);
      return use(address);
    } finally {
      this.#release(address);
    }
  }

  /** Gives `fill` room for as many floats as `out` has, holding `initial` if given; fills `out`. */
  #withFloats(
    out: Float32Array,
    fill: (address: number) => void,
    initial?: Float32Array,
  ): Float32Array {
    const address = this.#allocate(out.byteLength);
    try {
      if (initial) this.module.HEAPU8.set(asBytes(initial), address);
      fill(address);
      // The heap may have grown meanwhile, so the view is made only now; set() copies it.
      out.set(new Float32Array(this.module.HEAPU8.buffer, address, out.length));
      return out;
    } finally {
      this.#release(address);
    }
  }

  /** Scores, and the classes to keep to: addresses and lengths, in the order of the core's arguments. */
  #withClasses<T>(
    scores: Float32Array,
    filter: Pick<RankOptions, 'allow' | 'deny'>,
    use: (classes: readonly [number, number, number, number, number, number]) => T,
  ): T {
    const allow = Int32Array.from(filter.allow);
    const deny = Int32Array.from(filter.deny);
    return this.#withBytes(asBytes(scores), (scoresAt) =>
      this.#withBytes(asBytes(allow), (allowAt) =>
        this.#withBytes(asBytes(deny), (denyAt) =>
          use([scoresAt, scores.length, allowAt, allow.length, denyAt, deny.length]),
        ),
      ),
    );
  }

  /** Gives `fill` room for `most` ranked classes or categories; it says how many there are. */
  #withRanking(most: number, fill: (address: number) => number): Ranked[] {
    return this.#withBytes(new Uint8Array(8 * most), (address) => {
      const count = fill(address);
      const { buffer } = this.module.HEAPU8;
      const indexes = new Int32Array(buffer, address, 2 * count);
      const scores = new Float32Array(buffer, address, 2 * count);
      return Array.from({ length: count }, (_, i) => ({
        index: indexes[2 * i] as number,
        score: scores[2 * i + 1] as number,
      }));
    });
  }

  /** Takes over pixels that the core allocated. */
  #captureTimeAt(address: number, size: number): string | undefined {
    return this.module.readCaptureTime(address, size) || undefined;
  }

  #adopt(pixels: number, width: number, height: number, orientation: number): HeapPixels {
    this.#live++;
    return this.#handle(pixels >>> 0, width, height, orientation);
  }

  #handle(address: number, width: number, height: number, orientation: number): HeapPixels {
    return { address, width, height, orientation, free: () => this.#release(address) };
  }
}

/** An input or output of our engine: every side is known. */
export interface EngineTensor extends TensorInfo {
  readonly shape: readonly number[];
}

/** A network on the core's own engine. A handle: call `dispose()` when the model goes. */
export class CoreEngine {
  readonly input: EngineTensor;
  readonly outputs: readonly EngineTensor[];
  readonly steps: number;
  /** An output that is there only between step `tapStep` and the next. */
  readonly tapped: EngineTensor | undefined;
  readonly tapStep: number;

  constructor(
    private readonly core: Core,
    private readonly module: MainModule,
    private readonly engine: Engine,
    private readonly onDispose: () => void,
  ) {
    this.input = describe(engine, 0);
    this.outputs = Array.from({ length: engine.outputs }, (_, i) => describe(engine, i + 1));
    this.steps = engine.steps;
    const tapped = describe(engine, this.outputs.length + 1);
    this.tapped = tapped.name === '' ? undefined : tapped;
    this.tapStep = this.tapped ? engine.tapStep : -1;
  }

  /** Bytes of feature maps and scratch. */
  get arenaBytes(): number {
    return this.engine.arenaBytes;
  }

  /** Makes pixels of the input's size the input, whatever the layout of the file's tensor. */
  take(pixels: HeapPixels, options: TensorOptions): void {
    const { width, height } = pixels;
    const length = lengthOf(this.input);
    if (3 * width * height !== length) {
      throw new ShiwuError('invalid-argument', `${width} × ${height} for ${length} numbers`);
    }
    this.core.writeTensor(pixels, { ...options, layout: 'NHWC' }, 0, this.#addressOf(0), length);
  }

  /** Makes [H, W, 3] the input. */
  set(tensor: Float32Array): void {
    if (tensor.length !== lengthOf(this.input)) {
      throw new ShiwuError('invalid-argument', `a tensor of ${tensor.length} floats`);
    }
    this.module.HEAPU8.set(asBytes(tensor), this.#addressOf(0));
  }

  /** Runs step `index` of `steps`; all of them, in order, are a run. */
  run(index: number): void {
    this.engine.run(index);
  }

  /** What a step does, its multiplications with an addition each, and bytes of weights. */
  step(index: number): { kind: string; macs: number; weightBytes: number } {
    const { engine } = this;
    return {
      kind: engine.kind(index),
      macs: engine.macs(index),
      weightBytes: engine.weightBytes(index),
    };
  }

  /** A copy of the named output, after the last step. */
  output(name: string): Float32Array | undefined {
    const found = this.outputs.findIndex((each) => each.name === name);
    const output = this.outputs[found];
    if (!output) return undefined;
    const at = this.#addressOf(found + 1);
    return new Float32Array(this.module.HEAPU8.buffer, at, lengthOf(output)).slice();
  }

  /** Maps of the tapped output, right after step `tapStep`. */
  mapsBy(head: CoreHead): Places {
    const [, channels = 0, height = 0, width = 0] = this.tapped?.shape ?? [];
    return head.mapsOfHeap(this.#addressOf(this.outputs.length + 1), channels, height, width);
  }

  #addressOf(port: number): number {
    return this.engine.address(port) >>> 0;
  }

  dispose(): void {
    this.engine.delete();
    this.onDispose();
  }
}

/** The linear layer behind a global average. A handle: call `dispose()` when the model goes. */
export class CoreHead {
  constructor(
    private readonly head: ClassHead,
    private readonly mapsAt: (
      featuresAt: number,
      layout: 'NCHW' | 'NHWC',
      height: number,
      width: number,
    ) => Places,
    private readonly copyIn: <T>(values: Float32Array, use: (address: number) => T) => T,
    private readonly onDispose: () => void,
  ) {}

  /** Numbers of a place. */
  get channels(): number {
    return this.head.channels;
  }

  /** Maps [classes][height][width] of a feature map [channels][height][width]. */
  mapsOf({ values, height, width }: Places): Places {
    if (values.length !== this.channels * height * width) {
      throw new ShiwuError('model-mismatch', `a feature map of ${values.length} numbers`);
    }
    return this.copyIn(values, (address) => this.mapsAt(address, 'NCHW', height, width));
  }

  /** The same of a feature map [height][width][channels] on the heap. */
  mapsOfHeap(address: number, channels: number, height: number, width: number): Places {
    if (channels !== this.channels) {
      throw new ShiwuError('model-mismatch', `a feature map of ${channels} channels`);
    }
    return this.mapsAt(address, 'NHWC', height, width);
  }

  dispose(): void {
    this.head.delete();
    this.onDispose();
  }
}

/** Port 0 is the input, the outputs follow, then the tapped one; a side of 0 is behind the last. */
function describe(engine: Engine, port: number): EngineTensor {
  const shape: number[] = [];
  for (let side = engine.side(port, 0); side > 0; side = engine.side(port, shape.length)) {
    shape.push(side);
  }
  return { name: engine.name(port), type: 'float32', shape };
}

const lengthOf = ({ shape }: EngineTensor): number => shape.reduce((a, b) => a * b, 1);

/** Ranks `scores` from one address into a place at another, and returns how many are there. */
/** Names of a model's classes. A handle: call `dispose()` when the model goes. */
export class Names {
  /** Whether any label has a threshold of its own. */
  readonly hasThresholds: boolean;

  constructor(
    readonly table: NameTable,
    private readonly onDispose: () => void,
  ) {
    this.hasThresholds = table.hasThresholds;
  }

  get size(): number {
    return this.table.size;
  }

  /** Index of the class with this id, or -1. */
  find(id: string): number {
    return this.table.find(id);
  }

  at(index: number): ClassName {
    const [own = '', ...above] = this.table.at(index).split('\n');
    const [id = '', zh = '', en = '', ...aliases] = own.split('\t');
    return {
      id,
      zh,
      en,
      aliases,
      categories: above.map(toCategory),
      threshold: this.table.threshold(index),
    };
  }

  /** From the widest category down to this one, by its index in the taxonomy. */
  path(category: number): readonly Category[] {
    return this.table.path(category).split('\n').map(toCategory);
  }

  dispose(): void {
    this.table.delete();
    this.onDispose();
  }
}

type WithEmbedding = (embedding: Float32Array, use: (address: number) => void) => void;
type WithFloats = (out: Float32Array, fill: (address: number) => void) => Float32Array;

/** What begins the id of everything that was taught. */
export const TAUGHT = 'taught:';

/** Taught categories. A handle: call `dispose()` when done. */
export class TaughtHandle {
  constructor(
    private readonly module: MainModule,
    readonly table: TaughtTable,
    private readonly withEmbedding: WithEmbedding,
    private readonly withFloats: WithFloats,
    private readonly onDispose: () => void,
  ) {}

  /** Whose embeddings it knows. */
  get model(): string {
    return this.table.model as string;
  }

  get categories(): TaughtCategory[] {
    const { table } = this;
    return Array.from({ length: table.categories }, (_, i) => {
      const name = table.nameOf(i) as string;
      const examples = table.examples(i, true);
      return { id: TAUGHT + name, name, examples, counterexamples: table.examples(i, false) };
    });
  }

  /** A photo that shows what is called so, or does not. */
  add(name: string, embedding: Float32Array, shown: boolean): void {
    this.withEmbedding(embedding, (at) => this.table.add(name, at, embedding.length, shown));
    check(this.module);
  }

  forget(name: string): void {
    this.table.forget(name);
    check(this.module);
  }

  rename(from: string, to: string): void {
    this.table.rename(from, to);
    check(this.module);
  }

  merge(from: string, into: string): void {
    this.table.merge(from, into);
    check(this.module);
  }

  join(other: TaughtHandle): void {
    this.table.join(other.table);
    check(this.module);
  }

  /** One a category, to stand behind the network's own. */
  logits(embedding: Float32Array): Float32Array {
    return this.withFloats(new Float32Array(this.table.categories), (to) => {
      this.withEmbedding(embedding, (at) => this.table.logits(at, embedding.length, to));
      check(this.module);
    });
  }

  /** All of it as a file. */
  write(): Uint8Array<ArrayBuffer> {
    return takeFile(this.module, this.table.write());
  }

  dispose(): void {
    this.table.delete();
    this.onDispose();
  }
}

/** A file that the core wrote, behind its size. */
function takeFile(module: MainModule, place: number): Uint8Array<ArrayBuffer> {
  const at = place >>> 0;
  if (at === 0) check(module);
  const { buffer } = module.HEAPU8;
  const size = new DataView(buffer).getUint32(at, true);
  const file = new Uint8Array(buffer, at + 4, size).slice() as Uint8Array<ArrayBuffer>;
  module.release(at);
  return file;
}

function toCategory(line: string): Category {
  const [id = '', zh = '', en = '', itself] = line.split('\t');
  return { id, zh, en, itself: itself === '1' };
}

/** The core takes int32 and would cut off what is not: 1.5 would pass as 1. */
export function checkIntegers({ x, y, width, height }: Region): Region {
  if ([x, y, width, height].some((value) => (value | 0) !== value)) {
    throw new ShiwuError('invalid-argument', `region ${width} x ${height} at ${x}, ${y}`);
  }
  return { x, y, width, height };
}

export function fromUtf8(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function edges({ left, top, right, bottom }: Edges): Float64Array {
  return Float64Array.of(left, top, right, bottom);
}

function asBytes(array: Float32Array | Float64Array | Int32Array | Int8Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** Throws where the last call that can fail did. */
function check(module: MainModule): void {
  const failure = module.failure(); // the code, a blank and the message
  if (failure === '') return;
  const blank = failure.indexOf(' ');
  throw new ShiwuError(asErrorCode(failure.slice(0, blank)), failure.slice(blank + 1));
}

function asErrorCode(code: string): ErrorCode {
  const known = CORE_ERROR_CODES.find((each) => each === code);
  if (!known) throw new Error(`the core returned an unknown error code: ${code}`);
  return known;
}
