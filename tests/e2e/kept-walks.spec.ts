import { AlbumPage, type Listed } from './support/album-page.js';
import { expect, test } from './support/test.js';

/**
 * Random walks of two tabs through {correct, remove, undo, clear, add, reload}, some reloads in the same task as what
 * went before. After each step both tabs must show what a model of the album says, and so must the disk at the end.
 */

const WALKS = Number(process.env.SHIWU_WALKS ?? (process.env.SHIWU_FULL ? 3 : 1));
const FIRST = Number(process.env.SHIWU_SEED ?? 1);
const STEPS = 12;
const FILES = Array.from({ length: 6 }, (_, i) => `p${i}.png`);

test.use({ contextOptions: { reducedMotion: 'reduce' } });

/** Mulberry32, by Tommy Ettinger: the same walk for the same seed, on every machine. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What must be there: each photo with the name that a person gave it, or null. */
class Model {
  readonly album = new Map<string, string | null>();
  /** What each tab could still bring back, and what may therefore still lie in the bin. */
  readonly offers: (Map<string, string | null> | null)[] = [null, null];
  readonly bin = new Map<string, string | null>();

  remove(tab: number, files: readonly string[]): void {
    const gone = new Map(files.map((file) => [file, this.album.get(file) ?? null]));
    for (const [file, name] of gone) {
      this.album.delete(file);
      this.bin.set(file, name);
    }
    this.offers[tab] = gone;
  }

  undo(tab: number): void {
    for (const [file, name] of this.offers[tab] ?? []) {
      // What came back already is left as it is.
      if (this.bin.has(file)) this.album.set(file, this.bin.get(file) ?? name);
      this.bin.delete(file);
    }
    this.offers[tab] = null;
  }

  get listed(): Listed {
    return Object.fromEntries(this.album);
  }
}

for (let seed = FIRST; seed < FIRST + WALKS; seed++) {
  test(`walk ${seed}: both tabs and the disk are what the model says`, async ({ context }) => {
    test.setTimeout(180_000);
    const random = randomOf(seed);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
    const tabs = [new AlbumPage(await context.newPage()), new AlbumPage(await context.newPage())];
    for (const tab of tabs) await tab.open();
    const model = new Model();
    const log: string[] = [];
    for (let step = 0; step < STEPS; step++) {
      const at = Math.floor(random() * 2);
      const tab = tabs[at] as AlbumPage;
      const there = [...model.album.keys()];
      const kind = pick(['correct', 'correct', 'remove', 'undo', 'clear', 'add', 'add', 'reload']);
      const reload = random() < 0.3;
      log.push(`${kind} in ${at}${reload ? ', and reload' : ''}`);
      if (kind === 'add') {
        const files = FILES.filter(() => random() < 0.6);
        await tab.add(files);
        for (const file of files) if (!model.album.has(file)) await settle(tab, model, file);
      } else if (kind === 'reload') {
        await tab.reload();
        model.offers[at] = null;
      } else if (kind === 'undo') {
        const offered = await tab.undo(reload);
        if (offered) model.undo(at);
        if (offered && reload) model.offers[at] = null;
      } else if (there.length === 0) {
        continue;
      } else if (kind === 'correct') {
        const file = pick(there);
        await tab.correct(file, `名${step}`, reload);
        model.album.set(file, `名${step}`);
        if (reload) model.offers[at] = null;
      } else {
        const gone = kind === 'clear' ? there : [pick(there)];
        if (kind === 'clear') await tab.answerYes('clear', reload);
        else await tab.takeOut(gone[0] as string, reload);
        model.remove(at, gone);
        if (reload) model.offers[at] = null;
        else await expect(tab.page.getByTestId('undo-bar')).toBeVisible();
      }
      for (const each of tabs) await each.shows(model.listed, log.join('; '));
    }
    for (const each of tabs) {
      await each.reload();
      await each.shows(model.listed, `${log.join('; ')}; both reload`);
    }
  });
}

/** A photo put in anew has no name by hand, unless it was removed so lately that it comes back as it was. */
async function settle(tab: AlbumPage, model: Model, file: string): Promise<void> {
  await tab.cell(file).waitFor();
  const former = model.bin.get(file) ?? null;
  model.bin.delete(file);
  const now = (await tab.listed())[file] ?? null;
  model.album.set(file, now === former ? former : null);
}
