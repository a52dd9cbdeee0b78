import type { Entry, Guess } from '../types.js';
import { nameOf } from '../types.js';
import { AS_IT_IS } from './script.js';

/** What is told of a photo outside the page. */
export interface Row {
  /** Folders and name, as they were put in. */
  readonly file: string;
  /** What it shows, in Chinese and English; empty where nothing was recognised. */
  readonly zh: string;
  readonly en: string;
  /** From the widest category to the narrowest, in Chinese and English. */
  readonly categories: readonly string[];
  readonly categories_en: readonly string[];
  /** Probability, 0 to 1; 1 for a name given by hand. */
  readonly score: number | null;
  /** Whether the name was given by hand. */
  readonly corrected: boolean;
  /** Upright pixels. */
  readonly width: number | null;
  readonly height: number | null;
  /** Why there is no name. */
  readonly error: string;
  /** All guesses, best first. */
  readonly guesses: readonly Pick<Guess, 'id' | 'zh' | 'en' | 'score'>[];
}

export function rowOf(entry: Entry, script = AS_IT_IS): Row {
  const name = nameOf(entry);
  return {
    file: entry.path,
    zh: script.name(name?.zh ?? ''),
    en: name?.en ?? '',
    categories: name?.categories.map(({ zh }) => script.name(zh)) ?? [],
    categories_en: name?.categories.map(({ en }) => en) ?? [],
    score: name && round(name.score),
    corrected: entry.corrected !== null,
    width: entry.width || null,
    height: entry.height || null,
    error: entry.failure ? `${entry.failure.code}: ${script.text(entry.failure.zh)}` : '',
    guesses: entry.guesses.map(({ id, zh, en, score }) => ({
      id,
      zh: script.name(zh),
      en,
      score: round(score),
    })),
  };
}

/** Six decimals say all that a float32 probability has to say. */
const round = (score: number) => Math.round(score * 1e6) / 1e6;
