import { computed, effect, type Signal, signal } from '@preact/signals';
import { inOneFile } from './edition.js';

/** What the visitor has chosen; kept for later visits where the browser allows it. */

/** The site's models: lite0 and lite2. */
export type ModelChoice = 'fast' | 'accurate';
export type BackendChoice = 'wasm' | 'webgpu' | 'auto';
export type EngineChoice = 'auto' | 'shiwu' | 'ort';
export type TextSize = 'small' | 'normal' | 'large' | 'huge';
/** In millions of pixels. */
export type PixelLimit = '50' | '200' | 'none';

export const MODELS: readonly ModelChoice[] = inOneFile ? ['fast'] : ['fast', 'accurate'];
export const BACKENDS: readonly BackendChoice[] = inOneFile ? ['wasm'] : ['wasm', 'webgpu', 'auto'];
export const ENGINES: readonly EngineChoice[] = ['auto', 'shiwu', 'ort'];
export const TEXT_SIZES: readonly TextSize[] = ['small', 'normal', 'large', 'huge'];
export const PIXEL_LIMITS: readonly PixelLimit[] = ['50', '200', 'none'];

interface Preference {
  readonly choice: Signal<string>;
  readonly values: readonly string[];
  readonly usual: string;
}

/** All of them, by the names under which they are kept. */
const all = new Map<string, Preference>();

export const modelChoice = kept('model', MODELS, 'fast');
export const engineChoice = kept('engine', ENGINES, 'auto');
export const backendChoice = kept('backend', BACKENDS, 'wasm');
export const textSize = kept('text-size', TEXT_SIZES, 'normal');
export const pixelLimit = kept('max-pixels', PIXEL_LIMITS, '200');
/** Whether the visitor's own model is at work instead; it comes back with the next visit. */
export const ownChoice = kept('own-model', ['off', 'on'] as const, 'off');
/** Off until the visitor turns it on. */
export const historyChoice = kept('history', ['off', 'on'] as const, 'off');

/** The largest photo that is opened without being asked for, in pixels. */
export const maxPixels = computed(() => {
  const { value } = pixelLimit;
  return value === 'none' ? Number.POSITIVE_INFINITY : 1e6 * Number(value);
});

/** A signal that is written down whenever it changes; only these values are read back. */
function kept<T extends string>(name: string, values: readonly T[], usual: T): Signal<T> {
  const key = `shiwu.${name}`;
  const choice = signal<T>(values.find((value) => value === recall(key)) ?? usual);
  all.set(name, { choice: choice as Signal<string>, values, usual });
  effect(() => {
    const { value } = choice;
    try {
      if (value === usual) localStorage.removeItem(key);
      else localStorage.setItem(key, value);
    } catch {
      // Storage may be forbidden; the choice then lasts as long as the page.
    }
  });
  return choice;
}

/** What is not as it is for everybody. */
export function chosen(): Record<string, string> {
  const pairs = Array.from(all, ([name, { choice }]) => [name, choice.value] as const);
  return Object.fromEntries(pairs.filter(([name, value]) => value !== all.get(name)?.usual));
}

/** Takes over what was chosen elsewhere, where nothing has been chosen here. Gives these choices by their names. */
export function choose(elsewhere: Readonly<Record<string, unknown>>): Map<string, string> {
  const taken = new Map<string, string>();
  for (const [name, { choice, values, usual }] of all) {
    const wish = values.find((value) => value === elsewhere[name]) ?? usual;
    if (choice.value !== usual || wish === usual) continue;
    choice.value = wish;
    taken.set(name, wish);
  }
  return taken;
}

/** Undoes `choose`, but for what was chosen otherwise since. */
export function unchoose(taken: ReadonlyMap<string, string>): void {
  for (const [name, wish] of taken) {
    const preference = all.get(name);
    if (preference?.choice.value === wish) preference.choice.value = preference.usual;
  }
}

function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
