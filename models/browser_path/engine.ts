/**
 * Our own engine in wasm, for tests and `shiwu-models inspect`:
 *
 *   node build/browser-path.mjs engine MODEL.onnx HEIGHT WIDTH
 *
 * HEIGHT and WIDTH are taken where the model leaves them free. The first line says what the engine
 * made of the model, or why it does not take it. models/shiwu_models/engine.py is the other end.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ShiwuError } from '../../web/src/errors.js';
import { Core, type CoreEngine, type EngineTensor } from '../../web/src/runtime/core.js';

export type EngineRequest =
  /** A batch of one, float32, in ONNX's order; each output goes to `out`/NUMBER.f32. */
  | { readonly op: 'run'; readonly tensor: string; readonly out: string }
  | { readonly op: 'profile'; readonly runs: number; readonly warmUp: number };

export class EnginePath {
  private constructor(private readonly engine: CoreEngine) {}

  /** The engine, or the error in the core's words. */
  static async start(
    compiled: WebAssembly.Module,
    file: string,
    height: number,
    width: number,
  ): Promise<{ path: EnginePath | null; started: object }> {
    const core = await Core.load(compiled);
    const model = await readFile(file);
    const begin = performance.now();
    const onHeap = core.importFile(model);
    try {
      const path = new EnginePath(core.loadEngine(onHeap, [height, width]));
      const load_ms = performance.now() - begin;
      return { path, started: { ...path.#describe(), load_ms } };
    } catch (error) {
      if (!(error instanceof ShiwuError)) throw error;
      const { code, detail } = error;
      return { path: null, started: { error: { code, detail } } };
    } finally {
      onHeap.free();
    }
  }

  async answer(request: EngineRequest): Promise<object> {
    switch (request.op) {
      case 'run':
        return this.#run(request.tensor, request.out);
      case 'profile':
        return this.#profile(request.runs, request.warmUp);
    }
  }

  #describe(): object {
    const { engine } = this;
    return {
      arena_bytes: engine.arenaBytes,
      input: plain(engine.input),
      outputs: engine.outputs.map(plain),
      steps: Array.from({ length: engine.steps }, (_, index) => {
        const { kind, macs, weightBytes } = engine.step(index);
        return { kind, macs, weight_bytes: weightBytes };
      }),
    };
  }

  async #run(file: string, out: string): Promise<object> {
    const { engine } = this;
    const given = await readFile(file);
    engine.set(this.#turned(new Float32Array(Uint8Array.from(given).buffer)));
    for (let step = 0; step < engine.steps; step++) engine.run(step);
    for (const [index, { name }] of engine.outputs.entries()) {
      await writeFile(join(out, `${index}.f32`), engine.output(name) as Float32Array);
    }
    return {};
  }

  /** Milliseconds of each step in each run, and of whole runs in which nothing is timed between. */
  #profile(runs: number, warmUp: number): object {
    const steps = this.engine.steps;
    const step_ms: number[][] = Array.from({ length: steps }, () => []);
    const run_ms: number[] = [];
    for (let run = 0; run < warmUp + runs; run++) {
      let last = performance.now();
      for (let step = 0; step < steps; step++) {
        this.engine.run(step);
        const now = performance.now();
        if (run >= warmUp) step_ms[step]?.push(now - last);
        last = now;
      }
      for (let step = 0; step < steps; step++) this.engine.run(step);
      if (run >= warmUp) run_ms.push(performance.now() - last);
    }
    return { step_ms, run_ms };
  }

  /** From [channels][pixels] to the engine's [pixels][channels]. */
  #turned(tensor: Float32Array): Float32Array {
    const [, channels = 1] = this.engine.input.shape;
    const pixels = tensor.length / channels;
    return tensor.map((_, i) => tensor[(i % channels) * pixels + Math.floor(i / channels)] as number);
  }
}

function plain({ name, shape }: EngineTensor): object {
  return { name, dims: shape };
}
