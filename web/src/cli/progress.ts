/** The bar on standard error, and lines that must not run into it. */
import { SingleBar } from 'cli-progress';
import type { ManyProgress } from '../types.js';
import { type Language, TEXTS } from './language.js';

export class Progress {
  readonly #bar: SingleBar | undefined;
  readonly #started = performance.now();
  readonly #total: number;

  /** A bar is drawn only for several pictures, and for somebody who watches. */
  constructor(language: Language, total: number) {
    this.#total = total;
    if (total < 2 || !process.stderr.isTTY) return;
    this.#bar = new SingleBar({
      format: TEXTS[language].bar,
      stream: process.stderr,
      barsize: 24,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      clearOnComplete: true,
      hideCursor: true,
      forceRedraw: true, // after lines that took its place
      gracefulExit: false, // the command has its own way
    });
    this.#bar.start(total, 0, { rate: '–', left: '–' });
    // However the command ends: the terminal's cursor is hidden meanwhile.
    process.once('exit', this.#end);
  }

  update({ done }: ManyProgress): void {
    const rate = done / ((performance.now() - this.#started) / 1000);
    const left = clock((this.#total - done) / rate);
    this.#bar?.update(done, { rate: rate.toFixed(1), left });
  }

  /** Makes room for a line on the same terminal. */
  clear(): void {
    if (this.#bar) process.stderr.write('\r\u001b[K');
  }

  stop(): void {
    process.off('exit', this.#end);
    this.#end();
  }

  readonly #end = () => this.#bar?.stop();
}

function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
