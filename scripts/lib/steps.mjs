// Numbered steps for a person who waits: what happens, how long it usually takes, how long it took.
// On a terminal a quiet step shows a running clock; elsewhere (CI, a file) only whole lines are written.
import { stdout } from 'node:process';
import { seconds } from './run.mjs';

const tty = Boolean(stdout.isTTY) && !process.env.CI;
const paint = (code) => (text) =>
  tty && !process.env.NO_COLOR ? `\x1b[${code}m${text}\x1b[0m` : text;
export const bold = paint(1);
export const dim = paint(2);
export const red = paint(31);
export const green = paint(32);

const TICK = 100; // ms between two frames of the clock
const FRAMES = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';

export class Steps {
  #n = 0;
  #total;
  #started = performance.now();

  /** @param {number} total how many steps there will be */
  constructor(total) {
    this.#total = total;
  }

  get elapsed() {
    return performance.now() - this.#started;
  }

  /**
   * @template T
   * @param {{title: string, usually?: string, streams?: boolean}} about
   *   usually: what it installs or how long it takes, shown while it runs; streams: its programs write to the console
   * @param {(show: (line: string) => void) => Promise<T | undefined>} body
   *   show(line) tells of progress beside the clock, or in a line of its own where there is none;
   *   show.passing(line) only beside the clock; a string result is the ✓ line's remark
   * @returns {Promise<T | undefined>}
   */
  async step({ title, usually = '', streams = false }, body) {
    const number = `[${++this.#n}/${this.#total}]`;
    const started = performance.now();
    const head = `${dim(number)} ${bold(title)}`;
    const live = tty && !streams;
    let word = usually;
    let frame = 0;
    const draw = () => {
      const clock = seconds(performance.now() - started);
      const room = (stdout.columns ?? 80) - number.length - width(title) - clock.length - 8;
      stdout.write(
        `\r\x1b[2K${FRAMES[frame++ % FRAMES.length]} ${head}  ${dim(`${clock}  ${clip(word, room)}`)}`,
      );
    };
    if (live) draw();
    else console.log(`${head}${usually ? dim(`  (${usually})`) : ''}`);
    const timer = live ? setInterval(draw, TICK) : undefined;
    try {
      const show = (line) => {
        word = line;
        if (!live) console.log(`    ${line}`);
      };
      show.passing = (line) => {
        word = line;
      };
      const result = await body(show);
      const remark = typeof result === 'string' && result ? `  ${result}` : '';
      this.#close(
        live,
        `${green('✓')} ${head}${dim(remark)}  ${dim(seconds(performance.now() - started))}`,
      );
      return result;
    } catch (error) {
      this.#close(live, `${red('✗')} ${head}  ${dim(seconds(performance.now() - started))}`);
      throw error;
    } finally {
      clearInterval(timer);
    }
  }

  #close(live, line) {
    stdout.write(live ? `\r\x1b[2K${line}\n` : `${line}\n`);
  }
}

/** columns that a text takes on a terminal: Chinese characters take two */
export const width = (text) =>
  [...text].reduce((n, c) => n + (/[ᄀ-ᅟ⺀-꓏가-힣豈-﫿︰-﹯＀-｠￠-￦]/.test(c) ? 2 : 1), 0);

const clip = (text, room) => {
  let out = '';
  let n = 0;
  for (const c of text.replaceAll(/\s+/g, ' ')) {
    n += width(c);
    if (n > room) return `${out}…`;
    out += c;
  }
  return out;
};
