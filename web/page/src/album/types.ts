import type { Answer, Category } from 'shiwu';

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
  /** What can honestly be said of it; null unless `named`. */
  readonly answer: Answer | null;
  /** Upright pixels; 0 unless `named`. */
  readonly width: number;
  readonly height: number;
  /** When its camera says that it was taken, as `2024-05-17T12:34:56`; of photos named earlier nobody has asked. */
  readonly taken?: string | null;
  /** What went wrong, in both languages; null unless `failed`. */
  readonly failure: Refusal | null;
  /** What the visitor says it is, which stands above every guess. */
  readonly corrected: Guess | null;
}

/** What a photo is taken to show: the visitor's word, else the answer, be it 虎斑猫 or 猫, else the first guess. */
export function nameOf({ corrected, answer, guesses }: Entry): Guess | null {
  if (corrected) return corrected;
  if (answer?.kind !== 'category') return guesses[0] ?? null;
  const { id, label_zh: zh, label_en: en, score, path } = answer;
  return { id: id ?? '', zh, en, aliases: [], categories: path, score };
}

/** Whether it is called by a category: that it is some 器物 is so sure that no figure says more. */
export function isByCategory({ corrected, answer }: Entry): boolean {
  return corrected === null && answer?.kind === 'category';
}

/** Whether the name may stand without a question mark. */
export function isLikely({ corrected, answer }: Entry): boolean {
  return corrected !== null || (answer !== null && answer.kind !== 'unknown');
}
