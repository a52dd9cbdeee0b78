import type { Category, CategoryScore } from 'shiwu';
import { LIKELY } from '../answer/tone.js';

/** One class that a photo may show, as it is kept: names come with it, for models change. */
export interface Guess {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  readonly aliases: readonly string[];
  /** From the widest category to the narrowest. */
  readonly categories: readonly Category[];
  /** Probability, 0 to 1. */
  readonly score: number;
}

/** Why a photo has no name, as it is kept. */
export interface Refusal {
  readonly code: string;
  readonly zh: string;
  readonly en: string;
  /** Whether a limit refused it, which the visitor may put aside. */
  readonly anyway?: boolean;
}

/** A photo of the album, without its pixels. */
export interface Entry {
  /** Path, size in bytes and date of change: the same file put in twice is one entry. */
  readonly key: string;
  /** Place in the album: photos put in later have larger ones. */
  readonly order: number;
  /** Folders and name, as `旅行/第一天/IMG_1.jpg`. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly state: 'waiting' | 'named' | 'failed';
  /** Best first, 5 at most; empty unless `named`. */
  readonly guesses: readonly Guess[];
  /** What stands firm even where no single guess does; null where nothing does. */
  readonly category: CategoryScore | null;
  /** Upright pixels; 0 unless `named`. */
  readonly width: number;
  readonly height: number;
  /** What went wrong, in both languages; null unless `failed`. */
  readonly failure: Refusal | null;
  /** What the visitor says it is, which stands above every guess. */
  readonly corrected: Guess | null;
}

/**
 * What a photo is taken to show: the visitor's word, else the first guess, or where that is a doubtful
 * one the category that its doubts share, such as 猫.
 */
export function nameOf(entry: Entry): Guess | null {
  const [first] = entry.guesses;
  const { corrected, category } = entry;
  if (corrected) return corrected;
  if (!first) return null;
  if (first.score >= LIKELY || !category) return first;
  return { ...category, aliases: [], categories: pathTo(category, entry.guesses) };
}

/** Whether the name may stand without a question mark. */
export function isLikely({ corrected, category, guesses: [first] }: Entry): boolean {
  return corrected !== null || category !== null || (first?.score ?? 0) >= LIKELY;
}

/** The way down to a category, taken from a guess that lies in it. */
function pathTo({ id }: CategoryScore, guesses: readonly Guess[]): readonly Category[] {
  for (const { categories } of guesses) {
    const end = categories.findIndex((category) => category.id === id);
    if (end >= 0) return categories.slice(0, end + 1);
  }
  return [];
}
