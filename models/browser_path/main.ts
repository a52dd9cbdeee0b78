/**
 * The browser's path under Node: shiwu's own C++ in wasm and ONNX Runtime Web, arrow by arrow.
 *
 *   node build/browser-path.mjs MODEL.onnx
 *
 * It answers requests, one JSON object a line, until its input ends; the first line that it writes
 * says how the start went. Numbers too many for JSON travel in files: float32 or uint8, little
 * endian. models/shiwu_models/verify/browser.py is the other end and documents each request.
 * With the word `engine` before the model, our own engine runs alone: see engine.ts.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { argv, memoryUsage, resourceUsage, stdin, stdout } from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ShiwuError } from '../../web/src/errors.js';
import { scoresOf } from '../../web/src/model/activation.js';
import { type Manifest, parseManifest } from '../../web/src/model/manifest.js';
import { type Activation, activationsOf } from '../../web/src/model/onnx/graph.js';
import { Session } from '../../web/src/model/session.js';
import {
  Core,
  fromUtf8,
  type HeapPixels,
  type Names,
  type TensorOptions,
} from '../../web/src/runtime/core.js';
import { EnginePath, type EngineRequest } from './engine.js';

/** The page's own limit (web/src/classifier.ts). */
const MAX_PIXELS = 2e8;

/** A photo's bytes, or upright RGB pixels from another decoder. */
type Source =
  | { readonly file: string }
  | { readonly pixels: string; readonly width: number; readonly height: number };

type Request =
  | {
      readonly op: 'picture';
      readonly source: Source;
      readonly out: string;
      readonly decoded: boolean;
    }
  | { readonly op: 'tensor'; readonly tensor: string; readonly out: string }
  | {
      readonly op: 'bench';
      readonly source: Source;
      readonly runs: number;
      readonly warmUp: number;
    };

/** Tensor options under which a tensor's values are the pixels' own, 0 to 255. */
const AS_PIXELS: TensorOptions = {
  layout: 'NHWC',
  color: 'RGB',
  scale: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
};

/** Milliseconds of each arrow. */
interface Timings {
  decode: number;
  resize: number;
  normalize: number;
  network: number;
  scores: number;
}

class Path {
  private constructor(
    private readonly core: Core,
    private readonly manifest: Manifest,
    private readonly names: Names,
    private readonly session: Session,
    private readonly activation: Activation,
  ) {}

  /** Loads everything as the page's worker does, and says how long each part took. */
  static async start(modelFile: string): Promise<{ path: Path; started: object }> {
    const marks = [performance.now()];
    const core = await Core.load(await compile(beside('wasm-release/shiwu_wasm.wasm')));
    marks.push(performance.now());
    const model = new Uint8Array(toArrayBuffer(await readFile(modelFile)));
    const onHeap = core.importFile(model);
    const metadata = core.readOnnxMetadata(onHeap);
    onHeap.free();
    const part = (name: string) => metadata.get(`shiwu.${name}`) ?? new Uint8Array();
    const manifest = parseManifest(fromUtf8(part('manifest')));
    const names = core.parseNames(part('labels'), part('taxonomy'));
    const module = await compile(
      fileURLToPath(import.meta.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm')),
    );
    marks.push(performance.now());
    const runtime = { engine: 'ort', backend: 'wasm', module, threads: 1, threadsGlue: '' } as const;
    const session = await Session.create(runtime, model);
    marks.push(performance.now());
    const [height, width] = manifest.input.size;
    await session.run(manifest, new Float32Array(3 * height * width), 1);
    marks.push(performance.now());
    const [begin, coreAt, filesAt, sessionAt, runAt] = marks as [
      number,
      number,
      number,
      number,
      number,
    ];
    const started = {
      core_ms: coreAt - begin,
      files_ms: filesAt - coreAt,
      session_ms: sessionAt - filesAt,
      first_run_ms: runAt - sessionAt,
      total_ms: runAt, // performance.now() counts from the start of the process
      ...memory(),
    };
    const activation = activationsOf(model).get(manifest.outputs.logits) ?? null;
    return { path: new Path(core, manifest, names, session, activation), started };
  }

  async answer(request: Request): Promise<object> {
    switch (request.op) {
      case 'picture':
        return this.#picture(request.source, request.out, request.decoded);
      case 'tensor': {
        const tensor = toFloats(await readFile(request.tensor));
        return this.#finish(tensor, request.out);
      }
      case 'bench':
        return this.#bench(request.source, request.runs, request.warmUp);
    }
  }

  /** Every arrow's datum into files in `out`; the decoded pixels too, where asked for. */
  async #picture(source: Source, out: string, decoded: boolean): Promise<object> {
    const pixels = await this.#decode(source);
    let tensor: Float32Array;
    const turned = pixels.orientation >= 5;
    const width = turned ? pixels.height : pixels.width;
    const height = turned ? pixels.width : pixels.height;
    try {
      if (decoded) {
        // Resampling to the very same size copies, and on the way turns the picture upright.
        const upright = this.core.fitToModel(pixels, {
          width,
          height,
          mode: 'stretch',
          cropFraction: 1,
          filter: 'box',
        });
        await this.#writePixels(join(out, 'decoded.u8'), upright);
      }
      const fitted = this.#fit(pixels);
      tensor = this.#normalize(fitted);
      await this.#writePixels(join(out, 'resized.u8'), fitted);
    } finally {
      pixels.free();
    }
    await writeFile(join(out, 'tensor.f32'), bytesOf(tensor));
    return { width, height, orientation: pixels.orientation, ...(await this.#finish(tensor, out)) };
  }

  /** From a tensor on: the network and what follows it. */
  async #finish(tensor: Float32Array, out: string): Promise<object> {
    const { logits } = await this.session.run(this.manifest, tensor, 1);
    await writeFile(join(out, 'logits.f32'), bytesOf(logits));
    const scores = this.#scores(logits);
    await writeFile(join(out, 'scores.f32'), bytesOf(scores));
    const top = this.core
      .topK(scores, { topK: 5, threshold: 0, allow: [], deny: [] })
      .map(({ index, score }) => {
        const { id, zh, en } = this.names.at(index);
        return { index, score, id, zh, en };
      });
    return { top };
  }

  async #bench(source: Source, runs: number, warmUp: number): Promise<object> {
    const all: Timings[] = [];
    for (let run = 0; run < warmUp + runs; run++) {
      const read = await this.#read(source);
      const marks = [performance.now()];
      const pixels = this.#decodeRead(read);
      marks.push(performance.now());
      const fitted = this.#fit(pixels);
      pixels.free();
      marks.push(performance.now());
      const tensor = this.#normalize(fitted);
      fitted.free();
      marks.push(performance.now());
      const { logits } = await this.session.run(this.manifest, tensor, 1);
      marks.push(performance.now());
      this.#scores(logits);
      marks.push(performance.now());
      if (run >= warmUp) all.push(between(marks));
    }
    const column = (arrow: keyof Timings) => all.map((timings) => timings[arrow]);
    return {
      decode_ms: column('decode'),
      resize_ms: column('resize'),
      normalize_ms: column('normalize'),
      network_ms: column('network'),
      scores_ms: column('scores'),
      ...memory(),
    };
  }

  async #decode(source: Source): Promise<HeapPixels> {
    return this.#decodeRead(await this.#read(source));
  }

  async #read(source: Source): Promise<{ bytes: Uint8Array; source: Source }> {
    return { bytes: await readFile('file' in source ? source.file : source.pixels), source };
  }

  #decodeRead({ bytes, source }: { bytes: Uint8Array; source: Source }): HeapPixels {
    if ('file' in source) return this.core.decode(bytes, MAX_PIXELS);
    return this.core.importPixels(withAlpha(bytes), source.width, source.height);
  }

  #fit(pixels: HeapPixels): HeapPixels {
    const [height, width] = this.manifest.input.size;
    const { mode, crop_fraction: cropFraction, filter } = this.manifest.resize;
    return this.core.fitToModel(pixels, { width, height, mode, cropFraction, filter });
  }

  #normalize(fitted: HeapPixels): Float32Array {
    const { layout, color, scale, mean, std } = this.manifest.input;
    return this.core.toTensor([fitted], { layout, color, scale, mean, std });
  }

  #scores(logits: Float32Array): Float32Array {
    return scoresOf(this.core, logits, this.names.size, this.manifest, this.activation);
  }

  /** RGB, 8 bits each, row by row; frees the pixels. */
  async #writePixels(file: string, pixels: HeapPixels): Promise<void> {
    try {
      await writeFile(file, Uint8Array.from(this.core.toTensor([pixels], AS_PIXELS)));
    } finally {
      pixels.free();
    }
  }
}

function between(marks: number[]): Timings {
  const [start, decoded, resized, normalized, inferred, done] = marks as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return {
    decode: decoded - start,
    resize: resized - decoded,
    normalize: normalized - resized,
    network: inferred - normalized,
    scores: done - inferred,
  };
}

/** Bytes of this process now and at most so far. */
function memory(): { rss_bytes: number; peak_rss_bytes: number } {
  return { rss_bytes: memoryUsage.rss(), peak_rss_bytes: resourceUsage().maxRSS * 1024 };
}

/** A path in build/, where the bundle of this file lies. */
function beside(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

async function compile(file: string): Promise<WebAssembly.Module> {
  return WebAssembly.compile(toArrayBuffer(await readFile(file)));
}

/** RGB → RGBA, opaque. */
function withAlpha(rgb: Uint8Array): Uint8Array {
  const count = rgb.length / 3;
  const rgba = new Uint8Array(4 * count).fill(255);
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < 3; c++) rgba[4 * i + c] = rgb[3 * i + c] as number;
  }
  return rgba;
}

function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}

/** A copy, because a Buffer need not begin at a multiple of four. */
function toFloats(bytes: Uint8Array): Float32Array {
  return new Float32Array(toArrayBuffer(bytes));
}

function bytesOf(floats: Float32Array): Uint8Array {
  return new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);
}

function say(answer: object): void {
  stdout.write(`${JSON.stringify(answer)}\n`);
}

function failure(error: unknown): object {
  if (!(error instanceof ShiwuError))
    return { error: { code: 'unknown', zh: '', en: '', detail: String(error) } };
  const { code, zh, en, detail } = error;
  return { error: { code, zh, en, detail } };
}

/** Answers each line of the input. */
async function serve<R>(path: { answer(request: R): Promise<object> }): Promise<void> {
  for await (const line of createInterface({ input: stdin })) {
    try {
      say(await path.answer(JSON.parse(line) as R));
    } catch (error) {
      say(failure(error));
    }
  }
}

try {
  const [, , first = '', model = '', height, width] = argv;
  if (first === 'engine') {
    const core = await compile(beside('wasm-release/shiwu_wasm.wasm'));
    const { path, started } = await EnginePath.start(core, model, Number(height), Number(width));
    say(started);
    if (path) await serve<EngineRequest>(path);
  } else {
    const { path, started } = await Path.start(first);
    say(started);
    await serve<Request>(path);
  }
} catch (error) {
  say(failure(error));
}
