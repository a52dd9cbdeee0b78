/** What one classifier has been taught: kept by its owner, changed by whichever worker is free. */
import { ShiwuError } from './errors.js';
import type { TaughtCategory } from './types.js';
import type { Lesson, Taught, TaughtFile } from './worker/protocol.js';

export class Lessons {
  #taught: Taught | undefined;
  /** Each change starts from what the one before has left. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly change: (file: TaughtFile | undefined, lesson: Lesson) => Promise<Taught>,
  ) {}

  /** Undefined: nothing. */
  get file(): TaughtFile | undefined {
    return this.#taught?.file;
  }

  get categories(): readonly TaughtCategory[] {
    return this.#taught?.categories ?? [];
  }

  /** A lesson that fails changes nothing. `afresh`: nothing stays of what was taught before. */
  take(lesson: Lesson, afresh = false): Promise<readonly TaughtCategory[]> {
    const taken = this.#last.then(async () => {
      this.#taught = await this.change(afresh ? undefined : this.file, lesson);
      return this.categories;
    });
    this.#last = taken.catch(() => {});
    return taken;
  }

  /** All of it, when what is under way has been learnt. */
  async whole(): Promise<TaughtFile> {
    await this.#last;
    // With nothing to add, the core writes an empty file.
    return (this.#taught ?? (await this.change(undefined, { kind: 'nothing' }))).file;
  }
}

/** For callers without types. */
export function checkName(name: unknown): asserts name is string {
  if (typeof name !== 'string') throw new ShiwuError('invalid-argument', `name ${String(name)}`);
}
