import { Patience } from '../assets/patience.js';
import { ShiwuError } from '../errors.js';
import { orAborted } from '../host/abort.js';
import {
  decodeHeic,
  type HeicPixels,
  type Libheif,
  type LibheifFactory,
  start,
} from './libheif.js';

/** Milliseconds for the library's script, which an import waits for without end. */
const MOST_LOADING = 60_000;

/** Decodes file after file with one instance of the library, loaded at the first. */
export class HeicReader {
  #library: Promise<Libheif> | undefined;

  constructor(private readonly load: () => Promise<LibheifFactory>) {}

  async #start(): Promise<Libheif> {
    const patience = new Patience(MOST_LOADING);
    try {
      return await start(await orAborted(this.load(), patience.signal));
    } catch (error) {
      throw patience.spent ? new Error(`nothing in ${MOST_LOADING / 1000} s`) : error;
    } finally {
      patience.end();
    }
  }

  async read(file: Uint8Array, maxPixels: number): Promise<HeicPixels> {
    this.#library ??= this.#start();
    const loading = this.#library;
    let library: Libheif;
    try {
      library = await loading;
    } catch (cause) {
      if (loading === this.#library) this.#library = undefined; // so that the next call tries again
      throw new ShiwuError('needs-decoder', `libheif-js did not load: ${String(cause)}`, { cause });
    }
    // The file before this one has ended that instance.
    if (loading !== this.#library) return this.read(file, maxPixels);
    try {
      return decodeHeic(library, file, maxPixels);
    } catch (cause) {
      if (cause instanceof ShiwuError) throw cause;
      // A trap, most likely for want of memory; nothing in that instance can be relied upon.
      this.#library = undefined;
      throw new ShiwuError('out-of-memory', `heic: ${String(cause)}`, { cause });
    }
  }
}
