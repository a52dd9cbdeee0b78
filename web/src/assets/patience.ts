/** Gives up what nothing is heard of, such as an answer of a server that has fallen silent. */
export class Patience {
  /** For fetch: aborts when patience is spent, or as the caller's does. */
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #ms: number;
  readonly #caller: AbortSignal | undefined;
  readonly #stop = () => this.#controller.abort();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #spent = false;

  /** `ms`: milliseconds without a word. Call `end` when the work is over. */
  constructor(ms: number, caller?: AbortSignal) {
    this.#ms = ms;
    this.#caller = caller;
    this.signal = this.#controller.signal;
    if (caller?.aborted) this.#stop();
    caller?.addEventListener('abort', this.#stop, { once: true });
    this.heard();
  }

  /** Whether it was given up for silence. */
  get spent(): boolean {
    return this.#spent;
  }

  heard(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#spent = true;
      this.#stop();
    }, this.#ms);
  }

  /** Also lets go of a body that nobody reads. */
  end(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener('abort', this.#stop);
    this.#stop();
  }
}
