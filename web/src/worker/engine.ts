/** One model, ready to run: the datum's way from a payload to named predictions. */
import { ShiwuError } from '../errors.js';
import { type Manifest, parseManifest } from '../model/manifest.js';
import { Session } from '../model/session.js';
import type { Core, Names } from '../runtime/core.js';
import type { Classification, ClassifierInfo, Prediction } from '../types.js';
import { decode } from './pixels.js';
import { type ClassifySettings, now, type Payload } from './protocol.js';

/** A category must hold this much of the probability to be offered in place of a class. */
const ENOUGH = 0.5;

export class Engine {
  /** The network's input, used again for every picture: requests run one at a time. */
  readonly #tensor: Float32Array;

  private constructor(
    private readonly core: Core,
    private readonly manifest: Manifest,
    private readonly names: Names,
    private readonly session: Session,
    readonly info: ClassifierInfo,
  ) {
    const [height, width] = manifest.input.size;
    this.#tensor = new Float32Array(3 * height * width);
  }

  static async create(core: Core, runtime: ArrayBuffer, model: Uint8Array): Promise<Engine> {
    // The core would say that the photo is empty.
    if (model.length === 0) throw new ShiwuError('invalid-model', '0 bytes');
    const metadata = core.readOnnxMetadata(model);
    const manifest = parseManifest(metadata.get('shiwu.manifest'));
    const labels = metadata.get('shiwu.labels');
    if (labels === undefined) throw new ShiwuError('unpacked-model', 'no shiwu.labels in the file');
    const names = core.parseNames(labels, metadata.get('shiwu.taxonomy') ?? '');
    try {
      if (names.size !== manifest.labels.count) {
        throw new ShiwuError(
          'model-mismatch',
          `${names.size} labels where the manifest says ${manifest.labels.count}`,
        );
      }
      const session = await Session.create(runtime, model, manifest);
      return new Engine(core, manifest, names, session, describe(manifest, model.length));
    } catch (error) {
      names.dispose();
      throw error;
    }
  }

  /** `checkpoint` is called between arrows and throws when the caller has given up. */
  async classify(
    payload: Payload,
    settings: ClassifySettings,
    askedAt: number,
    checkpoint: () => Promise<void>,
  ): Promise<Classification> {
    const { core, manifest } = this;
    const marks = [now()];
    const mark = () => marks.push(now());

    const { pixels, decoder } = await decode(core, payload, settings.maxPixels);
    let image: Classification['image'];
    let tensor: Float32Array;
    try {
      mark();
      await checkpoint();
      const turned = pixels.orientation >= 5;
      image = {
        width: turned ? pixels.height : pixels.width,
        height: turned ? pixels.width : pixels.height,
        orientation: pixels.orientation,
        decoder,
      };
      const [height, width] = manifest.input.size;
      const fitted = core.fitToModel(pixels, {
        width,
        height,
        mode: manifest.resize.mode,
        cropFraction: manifest.resize.crop_fraction,
        filter: manifest.resize.filter,
      });
      try {
        mark();
        const { layout, color, scale, mean, std } = manifest.input;
        tensor = core.toTensor([fitted], { layout, color, scale, mean, std }, this.#tensor);
        mark();
      } finally {
        fitted.free();
      }
    } finally {
      pixels.free();
    }
    await checkpoint();
    const output = await this.session.run(tensor, 1);
    mark();
    await checkpoint();
    if (output.logits.length !== this.names.size) {
      throw new ShiwuError(
        'model-mismatch',
        `${output.logits.length} outputs for ${this.names.size} labels`,
      );
    }
    const scores = core.scores(output.logits, manifest.task, manifest.calibration.temperature);
    const ranked = this.#rank(scores, settings);
    const predictions = ranked.map(({ index, score }) => this.#predict(index, score));
    const category =
      manifest.task === 'single-label' ? this.names.mostSpecific(scores, ENOUGH) : null;
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
      category,
      image,
      timings: {
        queue: start - askedAt,
        decode: decoded - start,
        resize: resized - decoded,
        normalize: normalized - resized,
        inference: inferred - normalized,
        postprocess: done - inferred,
        total: done - askedAt,
      },
      ...(settings.features && output.features ? { features: output.features } : {}),
    };
  }

  /** One run on a blank picture: the first run of compiled code is a few times slower. */
  async warmUp(): Promise<void> {
    await this.session.run(this.#tensor, 1);
  }

  async dispose(): Promise<void> {
    this.names.dispose();
    await this.session.dispose();
  }

  #rank(scores: Float32Array, settings: ClassifySettings): { index: number; score: number }[] {
    const { topK, threshold } = settings;
    const ownThresholds = threshold === null && this.names.hasThresholds;
    const ranked = this.core.topK(scores, {
      // A label that falls short of its own threshold must not take a place from one that does not.
      topK: ownThresholds ? scores.length : topK,
      threshold: threshold ?? 0,
      allow: settings.allow.map((id) => this.#indexOf(id)),
      deny: settings.deny.map((id) => this.#indexOf(id)),
    });
    if (!ownThresholds) return ranked;
    return ranked
      .filter(({ index, score }) => score >= this.names.at(index).threshold)
      .slice(0, topK);
  }

  #indexOf(id: string): number {
    const index = this.names.find(id);
    if (index < 0) throw new ShiwuError('invalid-argument', `no class has the id ${id}`);
    return index;
  }

  #predict(index: number, score: number): Prediction {
    const name = this.names.at(index);
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

function describe(manifest: Manifest, bytes: number): ClassifierInfo {
  return {
    model: {
      id: manifest.id,
      version: manifest.version,
      name: manifest.name,
      license: manifest.license,
      source: manifest.source,
      classes: manifest.labels.count,
      size: manifest.input.size,
      bytes,
      task: manifest.task,
    },
    backend: 'wasm',
    threads: 1,
  };
}
