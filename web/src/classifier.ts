/** The caller's side: options checked, pictures packed, and a share in a host. */
import { album } from './album.js';
import { ShiwuError, toShiwuError } from './errors.js';
import { withHeic } from './heic/fallback.js';
import { linkSignals, orAborted, throwIfAborted } from './host/abort.js';
import type { WorkerClient } from './host/client.js';
import type { HostOptions } from './host/host.js';
import { acquireHost, type Lease } from './host/shared.js';
import { told } from './host/told.js';
import { checkName, Lessons } from './lessons.js';
import { checkMaps, checkPlace, Maps, toPaint } from './maps.js';
import type { Platform } from './platform/platform.js';
import { groupsOf, toGroup, toNearest } from './similar.js';
import { isBlobLike, readBlob } from './sources/blob.js';
import { isA } from './sources/kind.js';
import type { Parcel } from './sources/payload.js';
import type {
  Classification,
  Classifier,
  ClassifierInfo,
  ClassifierOptions,
  ClassifyManyOptions,
  ClassifyOptions,
  Description,
  ExternalData,
  FindOptions,
  Found,
  FoundName,
  Glance,
  GroupOptions,
  ImageInput,
  LookOptions,
  ManyResult,
  MapsData,
  NearestOptions,
  Neighbour,
  PaintedMap,
  PaintMapOptions,
  Place,
  TaughtCategory,
  TeachOptions,
  WatchOptions,
} from './types.js';
import { watch } from './video/watch.js';
import { Words } from './words/words.js';
import { type ClassifySettings, type Lesson, now, type TaughtFile } from './worker/protocol.js';

/** About the largest photo that a phone's memory can take: 400 MB as RGBA. */
const DEFAULT_MAX_PIXELS = 200_000_000;
const DEFAULT_TOP_K = 5;
const DEFAULT_IDLE_TIMEOUT = 60_000;
const MOST_THREADS = 16;
/** More workers than this take memory rather than time. */
const DEFAULT_MOST_WORKERS = 8;

export async function createClassifierOn(
  platform: Platform,
  options: ClassifierOptions,
): Promise<Classifier> {
  try {
    return await open(platform, options);
  } catch (error) {
    throw toShiwuError(error);
  }
}

async function open(platform: Platform, options: ClassifierOptions): Promise<Classifier> {
  platform.check();
  checkObject(options);
  const { maxPixels = DEFAULT_MAX_PIXELS, onProgress, onWarning = warn } = options;
  checkMaxPixels(maxPixels);
  throwIfAborted(options.signal);
  const wishes = toHostOptions(platform, options);
  const lease = await acquireHost(
    platform,
    wishes,
    { onProgress: told(onProgress), onWarning: told(onWarning) },
    options.signal ?? new AbortController().signal,
  );
  const { assetBase, cache } = wishes;
  const words = new Words({ platform, assetBase, cache, onWarning });
  return new SharedClassifier(platform, lease, words, maxPixels, options.heic);
}

class SharedClassifier implements Classifier {
  readonly #end = new AbortController();
  readonly #lessons = new Lessons((file, lesson) =>
    this.lease.host.ask((client) => client.teach(file, lesson), this.#end.signal),
  );

  constructor(
    private readonly platform: Platform,
    private readonly lease: Lease,
    private readonly words: Words,
    private readonly maxPixels: number,
    private readonly heic: ClassifierOptions['heic'],
  ) {}

  get info(): ClassifierInfo {
    return this.lease.host.info;
  }

  async classify(input: ImageInput, options: ClassifyOptions = {}): Promise<Classification> {
    return this.#classify(input, options, 1);
  }

  classifyMany<T extends ImageInput>(
    inputs: Iterable<T> | AsyncIterable<T>,
    options: ClassifyManyOptions = {},
  ): AsyncIterableIterator<ManyResult<T>> {
    const cores = Math.min(this.platform.cores, DEFAULT_MOST_WORKERS);
    checkObject(options);
    const { concurrency = cores, order = 'input', signal, onProgress, ...each } = options;
    checkInteger('concurrency', concurrency, 1, 16);
    if (order !== 'input' && order !== 'ready') {
      throw new ShiwuError('invalid-argument', `order ${String(order)}`);
    }
    this.#settings(options);
    if (!isIterable(inputs)) throw new ShiwuError('invalid-argument', 'inputs are not iterable');
    return album(inputs, {
      classify: (input, signal) => this.#classify(input, { ...each, signal }, concurrency),
      inFlight: 2 * concurrency,
      order,
      signal,
      onProgress: told(onProgress),
    });
  }

  watch(
    video: HTMLVideoElement,
    options: WatchOptions = {},
  ): AsyncIterableIterator<Classification> {
    checkObject(options);
    return watch((input, each) => this.classify(input, each), video, options, this.#end.signal);
  }

  async nearest(
    one: Int8Array,
    among: readonly Int8Array[],
    options: NearestOptions = {},
  ): Promise<readonly Neighbour[]> {
    checkObject(options);
    const { indexes, ...asked } = toNearest(one, among, options);
    const ranked = await this.#ask((client) => client.nearest(one, asked), options.signal);
    return ranked.map(({ index, score }) => ({ index: indexes[index] as number, likeness: score }));
  }

  async groupAlike(
    all: readonly Int8Array[],
    options: GroupOptions = {},
  ): Promise<readonly (readonly number[])[]> {
    checkObject(options);
    const groups: number[][] = [];
    for (const { indexes, ...asked } of toGroup(all, options)) {
      const firsts = await this.#ask((client) => client.groupAlike(asked), options.signal);
      groups.push(...groupsOf(indexes, firsts));
    }
    return groups.sort(([a = 0], [b = 0]) => a - b);
  }

  get taught(): readonly TaughtCategory[] {
    return this.#lessons.categories;
  }

  async teach(
    name: string,
    photos: ImageInput | readonly ImageInput[],
    options: TeachOptions = {},
  ): Promise<TaughtCategory> {
    checkName(name);
    checkObject(options);
    const { not = false, ...look } = options;
    const examples: Float32Array[] = [];
    // One after another: pictures are held no longer than they are looked at.
    for (const photo of asList(photos)) {
      const { features } = await this.#classify(photo, { ...look, features: true }, 1);
      if (!features) throw new ShiwuError('not-teachable', 'no embedding');
      examples.push(features);
    }
    if (examples.length === 0) throw new ShiwuError('invalid-argument', 'no photos');
    const all = await this.#take({ kind: 'add', name, examples, not });
    return all.find((each) => each.name === name) as TaughtCategory;
  }

  async forget(name: string): Promise<void> {
    checkName(name);
    await this.#take({ kind: 'forget', name });
  }

  async rename(from: string, to: string): Promise<void> {
    checkName(from);
    checkName(to);
    await this.#take({ kind: 'rename', from, to });
  }

  async merge(from: string, into: string): Promise<void> {
    checkName(from);
    checkName(into);
    await this.#take({ kind: 'merge', from, into });
  }

  async exportTaught(): Promise<Blob> {
    return this.#asFile((taught) => Promise.resolve(taught));
  }

  async bake(): Promise<Blob> {
    return this.#asFile((taught) =>
      this.lease.host.ask((client) => client.bake(taught), this.#end.signal),
    );
  }

  /** What is made of all that is taught. */
  async #asFile(make: (taught: TaughtFile) => Promise<TaughtFile>): Promise<Blob> {
    try {
      throwIfAborted(this.#end.signal);
      const file = await make(await this.#lessons.whole());
      return new Blob([file], { type: 'application/octet-stream' });
    } catch (error) {
      throw toShiwuError(error);
    }
  }

  async importTaught(
    file: Blob | ArrayBuffer | Uint8Array,
    options: { readonly replace?: boolean } = {},
  ): Promise<readonly TaughtCategory[]> {
    checkObject(options);
    const { replace = false } = options;
    const blob = toFile(this.platform, 'file', file);
    if (typeof blob === 'string') throw new ShiwuError('invalid-argument', 'file is not bytes');
    return this.#take({ kind: 'join', file: new Uint8Array(await readBlob(blob)) }, replace);
  }

  async #take(lesson: Lesson, afresh = false): Promise<readonly TaughtCategory[]> {
    try {
      throwIfAborted(this.#end.signal);
      return await this.#lessons.take(lesson, afresh);
    } catch (error) {
      throw toShiwuError(error);
    }
  }

  async describe(id: string): Promise<Description | null> {
    if (typeof id !== 'string') throw new ShiwuError('invalid-argument', `id ${String(id)}`);
    try {
      throwIfAborted(this.#end.signal);
      return (await orAborted(this.words.load(), this.#end.signal)).describe(id);
    } catch (error) {
      throw toShiwuError(error);
    }
  }

  async searchNames(text: string): Promise<readonly FoundName[]> {
    if (typeof text !== 'string') throw new ShiwuError('invalid-argument', `text ${String(text)}`);
    try {
      throwIfAborted(this.#end.signal);
      return (await orAborted(this.words.load(), this.#end.signal)).search(text);
    } catch (error) {
      throw toShiwuError(error);
    }
  }

  async find(input: ImageInput, options: FindOptions = {}): Promise<Found> {
    const settings = { ...this.#settings(options), region: null, maps: true };
    return this.#look(input, settings, options.signal, (parcel, signal) =>
      this.lease.host.find(parcel, { settings, signal }),
    );
  }

  async look(maps: MapsData, place: Place, options: LookOptions = {}): Promise<Glance> {
    const { topK, threshold, allow, deny } = this.#settings(options);
    const asked = checkPlace(place);
    const sent = checkMaps(maps);
    return this.#ask(
      (client) => client.look(sent, asked, { topK, threshold, allow, deny }),
      options.signal,
    );
  }

  async paintMap(maps: MapsData, options: PaintMapOptions): Promise<PaintedMap> {
    checkObject(options);
    const { map, paint } = toPaint(maps, options);
    const data = await this.#ask((client) => client.paint(map, paint), options.signal);
    return { data, ...paint.to };
  }

  async #ask<T>(work: (client: WorkerClient) => Promise<T>, given?: AbortSignal): Promise<T> {
    const { signal, unlink } = linkSignals(this.#end.signal, given);
    try {
      throwIfAborted(signal);
      return await this.lease.host.ask(work, signal);
    } catch (error) {
      throw toShiwuError(error);
    } finally {
      unlink();
    }
  }

  async dispose(): Promise<void> {
    if (this.#end.signal.aborted) return;
    this.#end.abort(new ShiwuError('disposed'));
    await this.lease.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #classify(
    input: ImageInput,
    options: ClassifyOptions,
    workers: number,
  ): Promise<Classification> {
    const askedAt = now();
    const settings = { ...this.#settings(options), taught: this.#lessons.file };
    const words = options.moreNames ? this.words.forAnswer() : undefined;
    const result = await this.#look(
      input,
      settings,
      options.signal,
      (parcel, signal) => this.lease.host.classify(parcel, { settings, askedAt, signal, workers }),
      async (found, signal) =>
        (words && (await orAborted(words(), signal))?.addNames(found)) ?? found,
    );
    return result.maps ? { ...result, maps: new Maps(result.maps) } : result;
  }

  async #look<T extends Pick<Classification, 'image'>>(
    input: ImageInput,
    { maxPixels }: Pick<ClassifySettings, 'maxPixels'>,
    given: AbortSignal | undefined,
    look: (parcel: Parcel, signal: AbortSignal) => Promise<T>,
    finish: (found: T, signal: AbortSignal) => Promise<T> = async (found) => found,
  ): Promise<T> {
    const { signal, unlink } = linkSignals(this.#end.signal, given);
    try {
      throwIfAborted(signal);
      const parcel = await this.platform.pack(input, signal);
      const { heic } = this;
      const found = await withHeic((one) => look(one, signal), parcel, heic, { maxPixels, signal });
      return await finish(found, signal);
    } catch (error) {
      throw toShiwuError(error);
    } finally {
      unlink();
    }
  }

  #settings(options: ClassifyOptions): ClassifySettings {
    checkObject(options);
    const { topK = DEFAULT_TOP_K, threshold = null, allow = [], deny = [] } = options;
    const { region = null, features = false, maps = false, precision = 'fast' } = options;
    const { levels = false } = options;
    const { maxPixels: most = this.maxPixels } = options;
    checkMaxPixels(most);
    checkInteger('topK', topK, 1, Number.MAX_SAFE_INTEGER);
    if (threshold !== null && !(threshold >= 0 && threshold <= 1)) {
      throw new ShiwuError('invalid-argument', `threshold ${threshold}`);
    }
    if (precision !== 'fast' && precision !== 'exact') {
      throw new ShiwuError('invalid-argument', `precision ${String(precision)}`);
    }
    // The core counts in whole numbers.
    const maxPixels = Math.min(most, Number.MAX_SAFE_INTEGER);
    const exact = precision === 'exact';
    return { topK, threshold, allow, deny, region, features, levels, maps, exact, maxPixels };
  }
}

function toHostOptions(platform: Platform, options: ClassifierOptions): HostOptions {
  const { assetBase, labels, manifest, backend = 'wasm', cache = true } = options;
  const { engine = 'auto' } = options;
  const { threads = platform.threads, idleTimeout = DEFAULT_IDLE_TIMEOUT } = options;
  if (!['wasm', 'webgpu', 'auto'].includes(backend)) {
    throw new ShiwuError('invalid-argument', `backend ${String(backend)}`);
  }
  if (!['shiwu', 'ort', 'auto'].includes(engine)) {
    throw new ShiwuError('invalid-argument', `engine ${String(engine)}`);
  }
  if (engine === 'shiwu' && backend === 'webgpu') {
    throw new ShiwuError('invalid-argument', 'engine shiwu has no backend webgpu');
  }
  checkInteger('threads', threads, 1, MOST_THREADS);
  if (!(idleTimeout >= 0)) throw new ShiwuError('invalid-argument', `idleTimeout ${idleTimeout}`);
  return {
    assetBase: assetBase === undefined ? undefined : asFolder(platform.resolve(assetBase)),
    model: options.model === undefined ? undefined : toFile(platform, 'model', options.model),
    externalData: toExternalData(platform, options.externalData ?? []),
    labels,
    manifest,
    engine,
    backend,
    threads: platform.hasThreads ? threads : 1,
    cache,
    idleTimeout,
  };
}

/** Relative to an address without a slash at its end, a file would lie beside the folder. */
function asFolder(url: string): string {
  const folder = url.endsWith('/') ? url : `${url}/`;
  try {
    return new URL('./', folder).href;
  } catch (cause) {
    throw new ShiwuError('invalid-argument', `assetBase ${url}`, { cause });
  }
}

/** Bytes become a Blob, a copy: what the caller does with them later changes nothing. */
function toFile(platform: Platform, name: string, file: unknown): string | Blob {
  if (isBlobLike(file)) return file;
  if (typeof file === 'string' || isA(file, 'URL')) return platform.resolve(file);
  if (isA(file, 'ArrayBuffer')) return platform.blobOf(file);
  if (isA(file, 'Uint8Array')) return platform.blobOf(file as Uint8Array<ArrayBuffer>);
  throw new ShiwuError('invalid-argument', `${name} is neither a URL nor bytes`);
}

/** A File is known by its name, an address by its last part. */
function toExternalData(
  platform: Platform,
  files: NonNullable<ClassifierOptions['externalData']>,
): HostOptions['externalData'] {
  if (!Array.isArray(files)) throw new ShiwuError('invalid-argument', 'externalData is no list');
  return files.map((each: ExternalData | File | string | URL) => {
    const bare = typeof each === 'string' || isA(each, 'URL') || isBlobLike(each);
    const data = toFile(platform, 'externalData', bare ? each : each?.data);
    const named = bare
      ? typeof data === 'string'
        ? lastPart(data)
        : (each as File).name
      : each.path;
    if (typeof named !== 'string' || named === '') {
      throw new ShiwuError('invalid-argument', 'externalData: path');
    }
    return { path: named, data };
  });
}

function lastPart(url: string): string {
  const { pathname } = new URL(url);
  return decodeURIComponent(pathname.slice(pathname.lastIndexOf('/') + 1));
}

/** For callers without types. */
function checkObject(options: unknown): void {
  if (typeof options !== 'object' || options === null) {
    throw new ShiwuError('invalid-argument', `options ${String(options)}`);
  }
}

/** One photo or several. Bytes are iterable too, and are one. */
function asList(photos: ImageInput | readonly ImageInput[]): readonly ImageInput[] {
  return Array.isArray(photos) ? (photos as readonly ImageInput[]) : [photos as ImageInput];
}

function isIterable(inputs: unknown): boolean {
  const kinds = Object(inputs) as Partial<Iterable<unknown> & AsyncIterable<unknown>>;
  return (kinds[Symbol.asyncIterator] ?? kinds[Symbol.iterator]) !== undefined;
}

function checkInteger(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new ShiwuError('invalid-argument', `${name} ${value}`);
  }
}

function checkMaxPixels(value: number): void {
  if (!(value >= 1)) throw new ShiwuError('invalid-argument', `maxPixels ${value}`);
}

function warn(message: string): void {
  console.warn(`shiwu: ${message}`);
}
