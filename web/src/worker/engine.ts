/** One model, ready to run: the datum's way from a payload to named predictions. */
import { sha256Of } from '../assets/check.js';
import { unpack } from '../assets/unpack.js';
import { ShiwuError } from '../errors.js';
import { addUpToOne, headFor, scoresOf } from '../model/activation.js';
import type { HeadNames, Manifest } from '../model/manifest.js';
import { checkCount } from '../model/network.js';
import { type Activation, activationsOf } from '../model/onnx/graph.js';
import { withoutMaps } from '../model/onnx/maps.js';
import { withWeights } from '../model/onnx/weights.js';
import { assumesPreprocessing, completeManifest, isPacked, readCard } from '../model/own.js';
import { type NetworkOutput, type OpenRunner, type Runner, stated } from '../model/runner.js';
import type {
  ClassName,
  Core,
  CoreFinder,
  CoreHead,
  FitOptions,
  HeapFile,
  Names,
  PaintOptions,
  Places,
  Ranked,
  TaughtHandle,
} from '../runtime/core.js';
import type {
  Answer,
  Category,
  Classification,
  ClassifierInfo,
  ClassMaps,
  Found,
  Glance,
  MapsData,
  Network,
  Place,
  Prediction,
  Region,
  Thing,
} from '../types.js';
import { readPicture } from './pixels.js';
import {
  type ClassifySettings,
  type GroupRequest,
  type Lesson,
  type LookRequest,
  type ModelParts,
  type NearestRequest,
  now,
  type Payload,
  type Probed,
  type RuntimeParts,
  type Taught,
  type TaughtFile,
} from './protocol.js';
import { Rereadable } from './rereadable.js';

/** What being right weighs against being specific, where the model's maker has not measured it. */
const HEDGE = 5;

/** Of what the maps show, across and down: a run around a tapped point looks at so much. */
const AROUND_A_POINT = 0.4;

/** What was taught is answered where there is an embedding. */
type Seen = Pick<NetworkOutput, 'logits'> & Partial<Pick<NetworkOutput, 'features'>>;
type LookSettings = LookRequest['settings'];

export class Engine {
  /** What the network applies to its logits itself. */
  #activation: Activation;
  readonly #warnings: string[] = [];
  #head: CoreHead | undefined;
  /** What stands behind the model's own classes. */
  #taught: TaughtHandle | undefined;

  private constructor(
    private readonly core: Core,
    private readonly manifest: Manifest,
    private readonly names: Names,
    private readonly runner: Runner,
    readonly info: ClassifierInfo,
  ) {
    const { outputs } = info.model.network;
    this.#activation =
      outputs.find(({ name }) => name === manifest.outputs.logits)?.activation ?? null;
  }

  static async create(
    core: Core,
    open: OpenRunner,
    runtime: RuntimeParts,
    { file, data = [], held = false, ...own }: ModelParts,
  ): Promise<Engine> {
    const { onHeap, metadata, names: named } = await takeModel(core, { file, data });
    let ends: Ends;
    let runner: Runner;
    const { length: bytes } = onHeap.bytes;
    try {
      // Looked through now, so that nobody keeps the file while the network is made.
      ends = { activations: held ? new Map() : activationsOf(onHeap.bytes), names: named };
      runner = await open(core, runtime, onHeap, stated(metadata, own));
    } finally {
      onHeap.free();
    }
    const network = withEnds(runner.network, ends);
    let names: Names | undefined;
    try {
      const card = readCard(metadata, own, network);
      names = core.parseNames(card.labels, card.taxonomy);
      const manifest = completeManifest(card, network, names.size);
      const assumed = assumesPreprocessing(card, network);
      const info = describe(manifest, runner.engine, { network, assumed, bytes }, runtime);
      const engine = new Engine(core, manifest, names, runner, info);
      if (!card.manifest) await engine.#tryOut();
      return engine;
    } catch (error) {
      names?.dispose();
      await runner.dispose();
      if (!(error instanceof ShiwuError)) throw error;
      throw new ShiwuError(error.code, error.detail, { cause: error, network });
    }
  }

  /** What a developer should know about the model. */
  get warnings(): readonly string[] {
    return this.#warnings;
  }

  /** `checkpoint` is called between arrows and throws when the caller has given up. */
  async classify(
    payload: Payload,
    settings: ClassifySettings,
    askedAt: number,
    checkpoint: () => Promise<void>,
  ): Promise<Classification> {
    const marks = [now()];
    const mark = () => marks.push(now());

    const { image, output } = await this.#see(payload, settings, checkpoint, mark);
    const { core } = this;
    const { predictions, answer } = this.#name(output, settings);
    const maps = output.maps && this.#mapsOf(output.maps, image, settings);
    mark();

    const [start, decoded, resized, normalized, inferred, done] = marks as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    return {
      predictions,
      answer,
      image,
      timings: {
        queue: start - askedAt,
        decode: decoded - start,
        resize: resized - decoded,
        normalize: normalized - resized,
        inference: inferred - normalized,
        postprocess: done - inferred,
        total: done - askedAt,
        engine: this.runner.engine,
      },
      ...(settings.features && output.features ? { features: output.features } : {}),
      ...(settings.levels && output.features ? { levels: core.toLevels(output.features) } : {}),
      ...(maps && { maps: maps as ClassMaps }),
    };
  }

  /** Several things in one picture; a single one, the whole, where the model has no maps of shared scores. */
  async find(
    payload: Payload,
    settings: ClassifySettings,
    checkpoint: () => Promise<void>,
  ): Promise<Found> {
    const { core } = this;
    const picture = await Rereadable.of(payload);
    const see = async (region: Region | null, maps = true) => {
      const one = { ...settings, region, maps };
      return this.#see(await picture.copy(), one, checkpoint, () => {});
    };
    let finder: CoreFinder | undefined;
    try {
      const { image, output } = await see(null);
      const whole = { x: 0, y: 0, width: image.width, height: image.height };
      const things: Thing[] = [];
      if (output.maps && this.#headFor(output.logits.length) === 'softmax') {
        finder = core.makeFinder(image, this.#fit);
        const views = core.viewsOf(image);
        for (const view of views) {
          // Of a picture that is one view, the first look was at it.
          const { maps } = views.length === 1 ? output : (await see(view)).output;
          const looked = views.length === 1 ? whole : view;
          const { x, y } = looked;
          const seen = core.seenPart(looked, this.#fit);
          const part = {
            left: x + seen.left,
            top: y + seen.top,
            right: x + seen.right,
            bottom: y + seen.bottom,
          };
          finder.addView(maps as Places, part, this.manifest.calibration.temperature);
        }
        const candidates = finder.candidates();
        const looks: Thing[] = [];
        // One run after another: our own engine's plan is for one picture. ONNX Runtime takes 8 % less for a batch of
        // four, but then nobody could give up between two, and each picture more would need its feature maps at once.
        for (const [index, region] of candidates.entries()) {
          const { logits } = (await see(region, false)).output;
          finder.addLook(index, this.#scores({ logits }));
          looks.push({ ...this.#name({ logits }, settings), region });
        }
        things.push(...finder.things().map((index) => looks[index] as Thing));
      }
      if (things.length < 2) {
        things.splice(0, 1, { ...this.#name({ logits: output.logits }, settings), region: whole });
      }
      return { things, image };
    } finally {
      finder?.dispose();
      picture.close();
    }
  }

  /** One run on a picture, or a part of it. */
  async #see(
    payload: Payload,
    settings: ClassifySettings,
    checkpoint: () => Promise<void>,
    mark: () => void,
  ): Promise<{ image: Classification['image']; output: NetworkOutput }> {
    const { pixels, image } = await readPicture(
      this.core,
      payload,
      this.#fit,
      settings,
      async () => {
        mark();
        await checkpoint();
      },
    );
    try {
      mark();
      this.runner.take(pixels, this.manifest);
      mark();
    } finally {
      pixels.free();
    }
    await checkpoint();
    const head = settings.maps ? this.#head : undefined;
    const output = await this.runner.run(this.manifest, checkpoint, head);
    mark();
    await checkpoint();
    return { image, output };
  }

  /** Once: keeps the model's linear layer, if its manifest says where it is. `file` is the model. */
  async takeHead(file: ModelParts['file']): Promise<void> {
    const { head } = this.manifest;
    if (this.#head || !this.info.model.maps) return;
    const onHeap = this.core.importFile(await readModel(file));
    try {
      this.#head = this.core.readHead(onHeap, head as HeadNames);
    } finally {
      onHeap.free();
    }
  }

  /** What the maps say of a part of the picture; no run. */
  look(maps: MapsData, place: Place, settings: LookSettings): Glance {
    const { region, picture } = maps;
    const { x, y, width, height } = { width: 0, height: 0, ...place };
    const across = (at: number) => (at - region.x) / region.width;
    const down = (at: number) => (at - region.y) / region.height;
    const logits = this.core.localLogits(maps, {
      left: across(x),
      top: down(y),
      right: across(x + width),
      bottom: down(y + height),
    });
    // What a real run is to see: the box, or so much around a point.
    const [w, h] =
      'width' in place
        ? [width, height]
        : [AROUND_A_POINT * region.width, AROUND_A_POINT * region.height];
    const left = x + (width - w) / 2;
    const top = y + (height - h) / 2;
    const part = { left, top, right: left + w, bottom: top + h };
    return {
      ...this.#name({ logits }, settings),
      region: this.core.regionAround(part, picture, this.#fit),
    };
  }

  paint(map: Places, options: PaintOptions): Uint8ClampedArray<ArrayBuffer> {
    return this.core.paintMap(map, options);
  }

  /** Of the vectors in `levels`, the most like `one`, best first. */
  nearest({ one, levels, limit, least }: Omit<NearestRequest, 'type' | 'id'>): Ranked[] {
    if (levels.length === 0) return [];
    const likeness = this.core.likeness(levels, one);
    return this.core.topK(likeness, { topK: limit, threshold: least, allow: [], deny: [] });
  }

  groupAlike({ levels, size, tags, least }: Omit<GroupRequest, 'type' | 'id'>): Int32Array {
    return this.core.groupAlike(levels, size, tags, least);
  }

  #mapsOf(
    { values, height, width }: Places,
    { width: w, height: h }: Classification['image'],
    settings: ClassifySettings,
  ): MapsData {
    const { x, y, ...looked } = settings.region ?? { x: 0, y: 0, width: w, height: h };
    const { left, top, right, bottom } = this.core.seenPart(looked, this.#fit);
    return {
      width,
      height,
      region: { x: x + left, y: y + top, width: right - left, height: bottom - top },
      picture: { width: w, height: h },
      ids: Array.from({ length: this.names.size }, (_, i) => this.names.at(i).id),
      values,
    };
  }

  get #fit(): FitOptions {
    const [height, width] = this.manifest.input.size;
    const { mode, crop_fraction: cropFraction, filter } = this.manifest.resize;
    return { width, height, mode, cropFraction, filter };
  }

  #name(output: Seen, settings: LookSettings): Pick<Glance, 'predictions' | 'answer'> {
    const scores = this.#scores(output);
    const ranked = this.#rank(scores, settings);
    return {
      predictions: ranked.map(({ index, score }) => this.#predict(index, score)),
      answer: this.#answer(output.logits, scores, settings),
    };
  }

  /** Has what was taught answered from now on. */
  know(file: TaughtFile | undefined): void {
    this.#taught?.dispose();
    this.#taught = undefined;
    if (file) this.#taught = this.core.parseTaught(file);
  }

  /** `file` as it is after the lesson. */
  teach(file: TaughtFile | undefined, lesson: Lesson): Taught {
    const { core } = this;
    const taught = file ? core.parseTaught(file) : core.newTaught(this.#key, this.#embedding());
    try {
      switch (lesson.kind) {
        case 'add':
          for (const example of lesson.examples) {
            taught.add(lesson.name, example, !lesson.not);
          }
          break;
        case 'forget':
          taught.forget(lesson.name);
          break;
        case 'rename':
          taught.rename(lesson.from, lesson.to);
          break;
        case 'merge':
          taught.merge(lesson.from, lesson.into);
          break;
        case 'join':
          this.#join(taught, lesson.file);
          break;
        case 'nothing':
      }
      return { file: taught.write(), categories: taught.categories };
    } finally {
      taught.dispose();
    }
  }

  #join(taught: TaughtHandle, file: TaughtFile): void {
    const other = this.core.parseTaught(file);
    try {
      if (other.model !== taught.model) {
        throw new ShiwuError('model-mismatch', `taught on ${other.model}, not ${taught.model}`);
      }
      taught.join(other);
    } finally {
      other.dispose();
    }
  }

  /** The model with what is taught as classes of its own, packed. `parts` are those that it was made of. */
  async bake(parts: ModelParts, file: TaughtFile): Promise<Uint8Array<ArrayBuffer>> {
    const { core, manifest, info } = this;
    this.#embedding();
    const { logits, features } = manifest.outputs;
    // A single number that answers yes or no has two names.
    const made = info.model.network.outputs.find(({ name }) => name === logits)?.shape.at(-1);
    if (made !== this.names.size) throw new ShiwuError('not-bakeable', `${made} of ${logits}`);
    const { onHeap, metadata } = await takeModel(core, parts);
    try {
      const taught = core.parseTaught(file);
      try {
        const card = readCard(metadata, parts, info.model.network);
        const tables = core.bakeTables(card.labels, card.taxonomy, taught);
        const labels = {
          count: this.names.size + taught.categories.length,
          sha256: await sha256Of(new TextEncoder().encode(tables.labels)),
        };
        const texts = {
          ...tables,
          manifest: JSON.stringify(withTaught(manifest, labels, taught.categories.length)),
        };
        const ports = { logits, features: features as string, head: manifest.head };
        return core.bake(onHeap, ports, taught, texts);
      } finally {
        taught.dispose();
      }
    } catch (error) {
      if (!(error instanceof ShiwuError) || error.code !== 'unsupported-model') throw error;
      throw new ShiwuError('not-bakeable', error.detail, { cause: error });
    } finally {
      onHeap.free();
    }
  }

  /** Whose embeddings a lesson holds. */
  get #key(): string {
    return `${this.manifest.id} ${this.manifest.version}`;
  }

  /** Numbers of the model's embedding. */
  #embedding(): number {
    const size = embeddingOf(this.manifest, this.info.model.network);
    if (size > 0) return size;
    throw new ShiwuError('not-teachable', `${this.manifest.id}, ${this.manifest.task}`);
  }

  /** One run on a blank picture: the first run of compiled code is a few times slower. */
  async warmUp(): Promise<void> {
    await this.#runOn(() => 0);
  }

  /** The answers to fixed pictures of smooth waves, and the median time of `runs` runs of each. */
  async probe(runs: number): Promise<Probed> {
    const answers: Probed['answers'][number][] = [];
    const times: number[] = [];
    for (const length of [0.001, 0.0007]) {
      let logits: Float32Array = new Float32Array();
      for (let run = 0; run < runs; run++) {
        this.#paint((i) => 127.5 * (1 + Math.sin(i * length) * Math.cos(i * 0.03)));
        const start = performance.now();
        ({ logits } = await this.runner.run(this.manifest, goOn));
        times.push(performance.now() - start);
      }
      answers.push({ logits, scores: this.#scores({ logits }) });
    }
    times.sort((a, b) => a - b);
    return { answers, ms: times[Math.floor(times.length / 2)] as number };
  }

  async dispose(): Promise<void> {
    this.#head?.dispose();
    this.#taught?.dispose();
    this.names.dispose();
    await this.runner.dispose();
  }

  /** `light` is 0 to 255 at each place of the tensor. */
  async #runOn(light: (index: number) => number): Promise<Float32Array> {
    this.#paint(light);
    return (await this.runner.run(this.manifest, goOn)).logits;
  }

  #paint(light: (index: number) => number): void {
    const { size, scale, mean, std } = this.manifest.input;
    let tensor: Float32Array;
    try {
      tensor = new Float32Array(3 * size[0] * size[1]);
    } catch (cause) {
      throw new ShiwuError('out-of-memory', `input of ${size[0]} x ${size[1]}`, { cause });
    }
    for (let i = 0; i < tensor.length; i++) tensor[i] = (light(i) * scale - mean[0]) / std[0];
    this.runner.set(tensor, this.manifest);
  }

  #headFor(outputs: number): Exclude<Activation, null> {
    return headFor(outputs, this.manifest.task, this.#activation);
  }

  /** Of the model's classes, and of what was taught behind them. */
  #scores({ logits, features }: Seen): Float32Array {
    const { core, manifest, names } = this;
    checkCount(names.size, logits.length, manifest.outputs.logits);
    const taught = features && this.#taught?.logits(features);
    const all = taught ? new Float32Array(logits.length + taught.length) : logits;
    if (taught) {
      all.set(logits);
      all.set(taught, logits.length);
    }
    return scoresOf(core, all, names.size, manifest, this.#activation);
  }

  /** Runs a model that nobody has tried yet, and notes what its maker should know. */
  async #tryOut(): Promise<void> {
    const { task, outputs } = this.manifest;
    const answers: Float32Array[] = [];
    // A black picture, then one of black and white dots.
    for (const light of [0, 255]) {
      const logits = await this.#runOn((i) => (i % 2) * light);
      checkCount(this.names.size, logits.length, outputs.logits);
      answers.push(logits);
    }
    const classes = answers[0]?.length ?? 0;
    const inGraph = this.#activation;
    if (!inGraph && addUpToOne(answers)) this.#activation = 'softmax';
    const tagger =
      task === 'single-label' && classes > 1
        ? " If it is a tagger, pass manifest.task: 'multi-label'."
        : '';
    if (inGraph === 'sigmoid' && classes === 1) {
      this.#warnings.push(`The output ${outputs.logits} is one sigmoid: a model of yes and no.`);
    } else if (this.#activation) {
      this.#warnings.push(
        `The output ${outputs.logits} ${inGraph ? 'has' : 'looks as if it had'} gone through ` +
          `${this.#activation} already; its numbers are the scores as they are.` +
          (inGraph === 'sigmoid' ? tagger : ''),
      );
    } else if (classes === 1) {
      this.#warnings.push(
        `The output ${outputs.logits} is one number before any sigmoid: a model of yes and no, and ` +
          'its sigmoid is the score.',
      );
    }
    if (this.info.model.assumed) {
      this.#warnings.push(
        'Nothing says how this model wants its pixels: the ImageNet mean and standard deviation are ' +
          'taken. Pass manifest.input.scale, mean and std to say it.',
      );
    }
  }

  #answer(logits: Float32Array, scores: Float32Array, settings: LookSettings): Answer {
    const head = this.#headFor(logits.length);
    const taught = this.#taughtAnswer(scores, settings);
    if (taught) return taught;
    const { size } = this.names;
    const own = (filter: readonly number[]) => filter.filter((index) => index < size);
    const { allow, deny } = this.#filter(settings);
    const { hedge = HEDGE, familiar } = this.manifest.calibration;
    const measured = familiar === undefined ? NONE : logits;
    const { kind, index, score } = this.core.answer(
      this.names,
      measured,
      scores.subarray(0, size),
      {
        hedge,
        familiar: familiar ?? 0,
        exclusive: head === 'softmax',
        // Where only what was taught is allowed, an empty list would allow all.
        allow: allow.length > 0 ? own(allow) : [],
        deny: allow.length > 0 && own(allow).length === 0 ? allOf(size) : own(deny),
      },
    );
    if (kind === 'class') {
      const { id, zh, en, categories } = this.names.at(index);
      return { kind, id, label: zh, label_zh: zh, label_en: en, score, path: categories };
    }
    if (kind === 'unknown') return { kind, id: null, ...UNKNOWN, score, path: [] };
    const path = this.names.path(index);
    const { id, zh, en } = path.at(-1) as Category;
    return { kind, id, label: zh, label_zh: zh, label_en: en, score, path };
  }

  /** What was taught is the answer where it is likelier than all else together. */
  #taughtAnswer(scores: Float32Array, settings: LookSettings): Answer | undefined {
    if (!this.#taught) return undefined;
    const [best] = this.core.topK(scores, { topK: 1, threshold: 0.5, ...this.#filter(settings) });
    if (!best || best.index < this.names.size) return undefined;
    const { id, zh, en } = this.#nameAt(best.index);
    const named = { label: zh, label_zh: zh, label_en: en };
    return { kind: 'class', id, ...named, score: best.score, path: [] };
  }

  #filter({ allow, deny }: LookSettings): { allow: number[]; deny: number[] } {
    const indexOf = (id: string) => this.#indexOf(id);
    return { allow: allow.map(indexOf), deny: deny.map(indexOf) };
  }

  #rank(scores: Float32Array, settings: LookSettings): { index: number; score: number }[] {
    const { topK, threshold } = settings;
    const ownThresholds = threshold === null && this.names.hasThresholds;
    const ranked = this.core.topK(scores, {
      // A label that falls short of its own threshold must not take a place from one that does not.
      topK: ownThresholds ? scores.length : topK,
      threshold: threshold ?? 0,
      ...this.#filter(settings),
    });
    if (!ownThresholds) return ranked;
    return ranked
      .filter(({ index, score }) => score >= this.#nameAt(index).threshold)
      .slice(0, topK);
  }

  #indexOf(id: string): number {
    const taught = this.#taught?.categories.findIndex((each) => each.id === id) ?? -1;
    const index = taught >= 0 ? this.names.size + taught : this.names.find(id);
    if (index < 0) throw new ShiwuError('invalid-argument', `no class has the id ${id}`);
    return index;
  }

  #nameAt(index: number): ClassName {
    const taught = this.#taught?.categories[index - this.names.size];
    if (!taught) return this.names.at(index);
    const { id, name } = taught;
    return { id, zh: name, en: name, aliases: [], categories: [], threshold: 0 };
  }

  #predict(index: number, score: number): Prediction {
    const name = this.#nameAt(index);
    return {
      index,
      id: name.id,
      label: name.zh,
      label_zh: name.zh,
      label_en: name.en,
      aliases: name.aliases,
      categories: name.categories,
      score,
    };
  }
}

const NONE = new Float32Array();
const UNKNOWN = { label: '看不出来', label_zh: '看不出来', label_en: 'can’t tell' };

const allOf = (size: number) => Array.from({ length: size }, (_, index) => index);

/** Nobody gives up what nobody asked for. */
const goOn = async () => {};

/** The manifest of the model with what it was taught. What was measured of it before is left out. */
function withTaught(
  manifest: Manifest,
  labels: { readonly count: number; readonly sha256: string | undefined },
  added: number,
): object {
  const { id, name } = manifest;
  return {
    ...manifest,
    id: id.endsWith('-taught') ? id : `${id}-taught`,
    name: {
      zh: `${name.zh}（教过 ${added} 样东西）`,
      en: `${name.en} (taught ${added} ${added === 1 ? 'thing' : 'things'})`,
    },
    labels,
    made_by: (manifest as { made_by?: object }).made_by ?? {},
    parity: undefined,
  };
}

/** A model on the heap, in one file without maps. Whoever gets it must free it. */
async function takeModel(
  core: Core,
  { file, data = [] }: Pick<ModelParts, 'file' | 'data'>,
): Promise<{
  onHeap: HeapFile;
  metadata: ReadonlyMap<string, Uint8Array>;
  names: Completed['names'];
}> {
  const read = await readModel(file);
  // The core would say that the photo is empty.
  if (read.length === 0) throw new ShiwuError('invalid-model', '0 bytes');
  let onHeap = core.importFile(read);
  try {
    const metadata = core.readOnnxMetadata(onHeap);
    // A packed model has all in one file, and no maps.
    if (isPacked(metadata)) return { onHeap, metadata, names: new Map() };
    const { model, names } = await complete(read, data);
    if (model !== read) {
      onHeap.free();
      onHeap = core.importFile(model);
    }
    return { onHeap, metadata, names };
  } catch (error) {
    onHeap.free();
    throw error;
  }
}

/** A model of somebody's with all that it needs, and the names that stood in its graph. */
interface Completed {
  readonly model: Uint8Array<ArrayBuffer>;
  /** Of each output that was a map. */
  readonly names: ReadonlyMap<string, readonly string[]>;
}

async function complete(
  model: Uint8Array<ArrayBuffer>,
  data: NonNullable<ModelParts['data']>,
): Promise<Completed> {
  const whole = await withWeights(model, data);
  return withoutMaps(whole) ?? { model: whole, names: new Map() };
}

/** What is told of the outputs by the graph, which no engine says. */
interface Ends {
  readonly activations: ReturnType<typeof activationsOf>;
  readonly names: Completed['names'];
}

function withEnds({ inputs, outputs }: Network, { activations, names }: Ends): Network {
  return {
    inputs,
    outputs: outputs.map((output) => {
      const activation = activations.get(output.name);
      const labels = names.get(output.name);
      return { ...output, ...(activation && { activation }), ...(labels?.length && { labels }) };
    }),
  };
}

async function readModel(file: ModelParts['file']): Promise<Uint8Array<ArrayBuffer>> {
  if (file instanceof Uint8Array) return unpack(file, 'model');
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch (cause) {
    throw new ShiwuError('unreadable-input', String(cause), { cause });
  }
  return unpack(bytes, 'model');
}

/** Numbers of the embedding that lessons are made of; 0: nothing can be taught. */
function embeddingOf({ outputs, task }: Manifest, network: Network): number {
  const called = (wanted: string) => network.outputs.find(({ name }) => name === wanted);
  const features = outputs.features ? called(outputs.features) : undefined;
  if (task !== 'single-label' || called(outputs.logits)?.activation || !features) return 0;
  // A side that is free is the batch's.
  return features.shape.reduce<number>((a, b) => a * (Number(b) || 1), 1);
}

function describe(
  manifest: Manifest,
  engine: Runner['engine'],
  file: Pick<ClassifierInfo['model'], 'network' | 'assumed' | 'bytes'>,
  runtime: RuntimeParts,
): ClassifierInfo {
  return {
    model: {
      id: manifest.id,
      version: manifest.version,
      name: manifest.name,
      license: manifest.license,
      source: manifest.source,
      classes: manifest.labels.count,
      size: manifest.input.size,
      task: manifest.task,
      maps: Boolean(manifest.head && manifest.outputs.feature_map),
      teachable: embeddingOf(manifest, file.network) > 0,
      ...file,
    },
    engine,
    engineReason: '',
    backend: runtime.engine === 'ort' ? runtime.backend : 'wasm',
    threads: runtime.engine === 'ort' ? runtime.threads : 1,
  };
}
