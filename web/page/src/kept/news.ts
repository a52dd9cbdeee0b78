/** What one tab tells the others of. Where the browser lacks the channel, each learns of it at its next visit. */
export class News<T> {
  readonly #channel: BroadcastChannel | null;

  constructor(name: string, hear: (told: T) => void) {
    this.#channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(name);
    if (!this.#channel) return;
    this.#channel.onmessage = ({ data }: MessageEvent<T>) => hear(data);
    // Under Node, in the tests, it would keep the process.
    (this.#channel as { unref?: () => void }).unref?.();
  }

  tell(news: T): void {
    this.#channel?.postMessage(news);
  }
}
