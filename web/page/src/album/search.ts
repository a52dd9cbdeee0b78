import type { match } from 'pinyin-pro';
import type { Entry, Guess } from './types.js';

/** Reads Chinese by its sound; it comes late, for its tables are large. */
type Match = typeof match;

/** How well an entry answers a query; 0: not at all. */
type Rank = 0 | 1 | 2 | 3;

/** Other guesses count from this score up, below the first. */
const WORTH_A_LOOK = 0.15;

/**
 * Finds photos by what they show or are called: Chinese name, alias, category, English, pinyin or its
 * initials, file name. Names are compared once a class, not once a photo.
 */
export class Search {
  readonly #match: Match | null;
  /** Rank of each class for the query asked last. */
  #ranks = new Map<string, Rank>();
  #query = '';

  constructor(match: Match | null) {
    this.#match = match;
  }

  static async load(): Promise<Search> {
    const { match } = await import('pinyin-pro');
    return new Search(match);
  }

  /** The entries that answer the query, those answering better first, otherwise in their order. */
  find(query: string, entries: readonly Entry[]): Entry[] {
    const words = query.trim().toLowerCase();
    if (words === '') return [...entries];
    if (words !== this.#query) {
      this.#query = words;
      this.#ranks = new Map();
    }
    const ranked = entries.map((entry) => ({ entry, rank: this.#ofEntry(entry) }));
    return ranked
      .filter(({ rank }) => rank > 0)
      .sort((a, b) => b.rank - a.rank)
      .map(({ entry }) => entry);
  }

  #ofEntry(entry: Entry): Rank {
    const [first, ...others] = entry.corrected ? [entry.corrected] : entry.guesses;
    const best = first ? this.#ofGuess(first) : 0;
    if (best > 1) return best;
    if (entry.path.toLowerCase().includes(this.#query)) return 2;
    if (others.some((guess) => guess.score >= WORTH_A_LOOK && this.#ofGuess(guess) > 1)) return 1;
    return best;
  }

  #ofGuess(guess: Guess): Rank {
    const known = this.#ranks.get(guess.id);
    if (known !== undefined) return known;
    const rank = this.#compare(guess);
    this.#ranks.set(guess.id, rank);
    return rank;
  }

  #compare({ zh, en, aliases, categories }: Guess): Rank {
    const names = [zh, ...aliases];
    if (names.includes(this.#query) || en.toLowerCase() === this.#query) return 3;
    const wider = categories.map((category) => category.zh);
    const english = [en, ...categories.map((category) => category.en)];
    if ([...names, ...wider].some((name) => name.includes(this.#query))) return 2;
    if (english.some((name) => startsWord(name.toLowerCase(), this.#query))) return 2;
    return [...names, ...wider].some((name) => this.#sounds(name)) ? 2 : 0;
  }

  /** `hubanmao`, `hbm` and `mao` all sound like 虎斑猫; a single letter says too little. */
  #sounds(name: string): boolean {
    if (!this.#match || !/^[a-zü'\s]{2,}$/.test(this.#query)) return false;
    return this.#match(name, this.#query.replaceAll("'", ' '), { continuous: true }) !== null;
  }
}

function startsWord(name: string, query: string): boolean {
  return name.startsWith(query) || name.includes(` ${query}`) || name.includes(`-${query}`);
}
