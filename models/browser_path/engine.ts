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
import createModule, {
  type Engine,
  type MainModule,
  type Tensor,
} from '../../build/wasm-release/shiwu_wasm.mjs';

export type EngineRequest =
  /** A batch of one, float32, in ONNX's order; each output goes to `out`/NUMBER.f32. */
  | { readonly op: 'run'; readonly tensor: string; readonly out: string }
  | { readonly op: 'profile'; readonly runs: number; readonly warmUp: number };

export class EnginePath {
  private constructor(
    private readonly module: MainModule,
    private readonly engine: Engine,
  ) {}

  /** The engine, or the error in the core's words. */
  static async start(
    compiled: WebAssembly.Module,
    file: string,
    height: number,
    width: number,
  ): Promise<{ path: EnginePath | null; started: object }> {
    const module = await instantiate(compiled);
    const model = await readFile(file);
    const address = module.allocate(Math.max(model.length, 1)) >>> 0;
    if (address === 0) return refused('out-of-memory', `${model.length} bytes`);
    module.HEAPU8.set(model, address);
    const begin = performance.now();
    const { error, engine } = module.loadEngine(address, model.length, height, width);
    const load_ms = performance.now() - begin;
    module.release(address);
    if (engine === null) return refused(error.code, error.message);
    const path = new EnginePath(module, engine as Engine);
    return { path, started: { ...path.#describe(), load_ms } };
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
    const outputs = engine.outputs() as Tensor[];
    return {
      arena_bytes: engine.arenaBytes,
      input: plain(engine.input()),
      outputs: outputs.map(plain),
      steps: Array.from({ length: engine.steps }, (_, index) => {
        const { kind, macs, weightBytes } = engine.step(index);
        return { kind, macs, weight_bytes: weightBytes };
      }),
    };
  }

  async #run(file: string, out: string): Promise<object> {
    const given = await readFile(file);
    this.#fill(new Float32Array(Uint8Array.from(given).buffer));
    for (let step = 0; step < this.engine.steps; step++) this.engine.run(step);
    for (const [index, output] of (this.engine.outputs() as Tensor[]).entries()) {
      const { address, length } = output;
      await writeFile(
        join(out, `${index}.f32`),
        this.module.HEAPU8.slice(address >>> 0, (address >>> 0) + 4 * length),
      );
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
  #fill(tensor: Float32Array): void {
    const { address, dims, length } = this.engine.input();
    const [, channels = 1] = dims as number[];
    if (tensor.length !== length) throw new Error(`${tensor.length} numbers, not ${length}`);
    const to = new Float32Array(this.module.HEAPU8.buffer, address >>> 0, length);
    const pixels = length / channels;
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < pixels; i++) to[i * channels + c] = tensor[c * pixels + i] as number;
    }
  }
}

function plain({ name, dims }: Tensor): object {
  return { name: String(name), dims: dims as number[] };
}

function refused(code: unknown, detail: unknown): { path: null; started: object } {
  return { path: null, started: { error: { code: String(code), detail: String(detail) } } };
}

function instantiate(compiled: WebAssembly.Module): Promise<MainModule> {
  return new Promise((resolve, reject) => {
    const instantiateWasm = (
      imports: WebAssembly.Imports,
      onInstance: (instance: WebAssembly.Instance) => void,
    ) => {
      WebAssembly.instantiate(compiled, imports).then(onInstance, reject);
      return {};
    };
    createModule({ instantiateWasm }).then(resolve, reject);
  });
}
