import type { match } from 'pinyin-pro';
import type { FoundName, NameMatch } from 'shiwu';
import { type Entry, type Guess, isLikely, nameOf } from './types.js';

/** Reads by its sound what the library's table does not know; it comes late, for its tables are large. */
type Sounds = typeof match;

/** Places in the list, the best first: the library's kinds of matches, and the file's name among them. */
const ORDER: readonly (NameMatch | 'file')[] = [
  'name',
  'synonym',
  'category',
  'alias',
  'word',
  'pinyin',
  'file',
  'pinyin-of-synonym',
  'pinyin-of-word',
  'part',
  'beginning',
];

/** Other guesses count from this score up, below what the photo is taken for. */
const WORTH_A_LOOK = 0.15;

/** Classes and categories whose names the library's table has. */
const IN_TABLE = /^(n\d{8}|[a-z]+(-[a-z]+)*)$/;

/** What is asked for, with the names that the library found for it; null where its table cannot be had. */
export interface Asked {
  readonly text: string;
  readonly names: readonly FoundName[] | null;
}

/** Whether the table leaves something out that these photos are called. */
export function hasOwnNames(entries: readonly Entry[]): boolean {
  return entries.some((entry) => {
    const name = nameOf(entry);
    return name !== null && !IN_TABLE.test(name.id);
  });
}

/**
 * The photos that answer the query, in the order of {@link ORDER}, otherwise as they stood. A photo is found by the
 * class or category that it is taken for and by all categories above; by what it may be, after all of those.
 */
export function findPhotos(
  { text, names }: Asked,
  entries: readonly Entry[],
  sounds: Sounds | null = null,
): Entry[] {
  const query = text.normalize('NFKC').trim().toLowerCase();
  if (query === '') return [...entries];
  const found = new Map(
    withoutChance(names ?? []).map(({ id, match }) => [id, ORDER.indexOf(match)]),
  );
  const known = new Map<string, number>();
  const rankOf = (guess: Guess): number => {
    const former = known.get(guess.id);
    if (former !== undefined) return former;
    const own =
      names !== null && IN_TABLE.test(guess.id) ? NOT_AT_ALL : ownRank(guess, query, sounds);
    const above = Math.min(
      NOT_AT_ALL,
      ...guess.categories.flatMap(({ id }) => belowRank(found.get(id))),
    );
    const rank = Math.min(found.get(guess.id) ?? NOT_AT_ALL, own, above);
    known.set(guess.id, rank);
    return rank;
  };
  return entries
    .map((entry) => ({ entry, rank: rankOfEntry(entry, query, rankOf) }))
    .filter(({ rank }) => rank < NOT_AT_ALL)
    .sort((a, b) => a.rank - b.rank)
    .map(({ entry }) => entry);
}

/** Finds that mean the whole name. */
const WHOLE: ReadonlySet<NameMatch> = new Set([
  'name',
  'synonym',
  'category',
  'alias',
  'pinyin',
  'pinyin-of-synonym',
]);

/**
 * Where the query is what a category is called, names with it inside are found by chance: 海盘车 is a starfish, 西兰花 no
 * flower, and what belongs to the category is found by that.
 */
function withoutChance(names: readonly FoundName[]): readonly FoundName[] {
  const isCategory = ({ id, match }: FoundName) => !/^n\d{8}$/.test(id) && WHOLE.has(match);
  if (!names.some(isCategory)) return names;
  return names.filter(({ match }) => ORDER.indexOf(match) < PART);
}

/** From here on only a part of a name is found. */
const PART = ORDER.indexOf('part');
/** What a photo may be stands behind what others are, and what it may be instead behind that; parts of names come last. */
const PERHAPS = 100;
const INSTEAD = 200;
const IN_PART = 300;
const NOT_AT_ALL = 1000;

function rankOfEntry(entry: Entry, query: string, rankOf: (guess: Guess) => number): number {
  const name = nameOf(entry);
  const said = name ? rankOf(name) : NOT_AT_ALL;
  const file = entry.path.toLowerCase().includes(query) ? ORDER.indexOf('file') : NOT_AT_ALL;
  if (entry.corrected) return Math.min(behind(said, 0), file);
  const [first, ...others] = entry.guesses;
  return Math.min(
    file,
    behind(said, isLikely(entry) ? 0 : PERHAPS),
    behind(first ? rankOf(first) : NOT_AT_ALL, PERHAPS),
    ...others
      .filter(({ score }) => score >= WORTH_A_LOOK)
      .map((guess) => behind(rankOf(guess), INSTEAD)),
  );
}

function behind(rank: number, by: number): number {
  return Math.min(NOT_AT_ALL, rank + by + (rank >= PART ? IN_PART : 0));
}

/** A class of another model in a category that is found. */
function belowRank(rank: number | undefined): number[] {
  return rank === undefined ? [] : [Math.max(rank, ORDER.indexOf('category'))];
}

/** Of a name that only this album knows: another model's, one that was taught, or the visitor's own. */
function ownRank({ zh, en, aliases, categories }: Guess, query: string, sounds: Sounds | null) {
  const at = (match: NameMatch) => ORDER.indexOf(match);
  const english = [en, ...categories.map((category) => category.en)].map((one) =>
    one.toLowerCase(),
  );
  if (zh.toLowerCase() === query || english[0] === query) return at('name');
  if (categories.some((one) => one.zh === query || one.en.toLowerCase() === query)) {
    return at('category');
  }
  if (aliases.includes(query)) return at('alias');
  const chinese = [zh, ...aliases, ...categories.map((category) => category.zh)];
  if (chinese.some((name) => name.endsWith(query))) return at('part');
  if (
    chinese.some((name) => name.startsWith(query)) ||
    english.some((name) => begins(name, query))
  ) {
    return at('beginning');
  }
  return chinese.some((name) => soundsLike(name, query, sounds)) ? at('beginning') : NOT_AT_ALL;
}

function begins(name: string, query: string): boolean {
  return name.startsWith(query) || name.includes(` ${query}`) || name.includes(`-${query}`);
}

/** `doudou` and `dd` sound like 豆豆; a single letter says too little. */
function soundsLike(name: string, query: string, sounds: Sounds | null): boolean {
  if (!sounds || !/^[a-zü'\s]{2,}$/.test(query)) return false;
  return sounds(name, query.replaceAll("'", ' '), { continuous: true }) !== null;
}
