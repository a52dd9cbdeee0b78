/** A page of the built package's, whose parts can be made to fail; what it sees is said in a word. */
import type { BrowserContext, Page, Worker } from '@playwright/test';
import { type Host, serveHost } from './hosts.js';
import type {} from './library-page.js';
import { CATS, CUPS } from './photos.js';

declare global {
  interface Window {
    /** What the photo shows, or the code of the error. */
    see(input: unknown, options?: object): Promise<string>;
    /** Opens `classifier`; 'ready', or the code. */
    begin(options: object): Promise<string>;
  }
}

/** In workers, before their own script: `breakTables()` makes every indirect call of their wasm end in a trap. */
const BREAKABLE = `{
  const trap = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0,
    1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 116, 0, 0, 10, 5, 1, 3, 0, 0, 11))).exports.t;
  const tables = new Set();
  const real = WebAssembly.instantiate;
  WebAssembly.instantiate = async (...all) => {
    const made = await real(...all);
    for (const each of Object.values((made.instance ?? made).exports)) {
      if (each instanceof WebAssembly.Table) tables.add(each);
    }
    return made;
  };
  self.breakTables = () => {
    for (const table of tables) for (let i = 1; i < table.length; i++) table.set(i, trap);
    return tables.size;
  };
}`;

/** So that the GPU that Chromium imitates, a thousand times slower than wasm, is taken; and can be lost. */
const LOSABLE = `{
  const real = performance.now.bind(performance);
  performance.now = () => real() / 1000;
  const request = GPUAdapter.prototype.requestDevice;
  self.devices = [];
  GPUAdapter.prototype.requestDevice = async function (...all) {
    const device = await request.apply(this, all);
    self.devices.push(device);
    return device;
  };
}`;

export async function faultyHost(options: Parameters<typeof serveHost>[0] = {}): Promise<Host> {
  const before = {
    '/dist/worker.js': BREAKABLE,
    '/dist/worker-ort.js': BREAKABLE,
    '/dist/worker-webgpu.js': LOSABLE,
  };
  return serveHost({ before, ...options });
}

/** Visits the host, and opens a classifier unless `options` are null; 'ready', or the code. */
export async function visit(page: Page, host: Host, options: object | null = {}): Promise<string> {
  await page.goto(`${host.origin}/`);
  return page.evaluate(setUp, wanted(options, host.origin));
}

interface Wanted {
  readonly options: object | null;
  readonly origin: string;
  readonly cats: readonly string[];
  readonly cups: readonly string[];
}

export const wanted = (options: object | null, origin: string): Wanted => ({
  options,
  origin,
  cats: CATS,
  cups: CUPS,
});

/** Runs in the page. */
export async function setUp({ options, origin, cats, cups }: Wanted): Promise<string> {
  const url = `${origin}/dist/index.js`;
  window.shiwu = (await import(url)) as typeof window.shiwu;
  window.photo = async (name) => (await fetch(`${origin}/tests/fixtures/photos/${name}`)).blob();
  const said = (error: unknown) =>
    error instanceof window.shiwu.ShiwuError ? error.code : `not ours: ${String(error)}`;
  window.begin = async (options) => {
    await window.classifier?.dispose();
    try {
      window.classifier = await window.shiwu.createClassifier(options);
      return 'ready';
    } catch (error) {
      return said(error);
    }
  };
  window.see = async (input, options) => {
    try {
      const { predictions, timings } = await window.classifier.classify(input as Blob, options);
      const times = Object.values(timings).filter((time) => typeof time === 'number');
      if (times.some((time) => !(time >= 0))) return `times ${JSON.stringify(timings)}`;
      const [{ id = '', label = '' } = {}] = predictions;
      return cats.includes(id) ? 'cat' : cups.includes(id) ? 'cup' : label;
    } catch (error) {
      return said(error);
    }
  };
  return options ? window.begin(options) : 'ready';
}

export const begin = (page: Page, options: object = {}) =>
  page.evaluate((options) => window.begin(options), options);

export const seeCat = (page: Page, options: object = {}) =>
  page.evaluate(async (options) => window.see(await window.photo('chelsea.png'), options), options);

/** 'ready' is not said: what the photo shows, or why there is nothing to see it with. */
export async function visitAndSee(page: Page, host: Host, options: object = {}): Promise<string> {
  const opened = await visit(page, host, options);
  return opened === 'ready' ? seeCat(page) : opened;
}

/** Our workers, without threads. */
export function workersOf(page: Page, script = '/worker.js'): Worker[] {
  return page.workers().filter((one) => one.url().endsWith(script));
}

/** As the machine's owner sets the clock, which moves no timer: what scripts are told from now on. */
export function shiftClock(ms: number): void {
  type Shifted = typeof Date & { real?: DateConstructor };
  const Real = (Date as Shifted).real ?? Date;
  globalThis.Date = class extends Real {
    static readonly real = Real;
    constructor(...all: []) {
      if (all.length > 0) super(...all);
      else super(Real.now() + ms);
    }
    static override now() {
      return Real.now() + ms;
    }
  } as unknown as DateConstructor;
}

export async function allow(context: BrowserContext, page: Page, origin: string, bytes: number) {
  const session = await context.newCDPSession(page);
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: bytes });
}
