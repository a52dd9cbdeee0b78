/** Finds classes and categories by what people call them: the one ranked search, of the page and of callers. */
import type { Category, FoundName, NameMatch } from '../types.js';
import { type Reading, Readings } from './readings.js';

/** One class or category, as the table has it. */
export interface NameRow {
  readonly id: string;
  readonly zh: string;
  readonly zhHant: string;
  readonly en: string;
  /** English plural; empty for a class. */
  readonly plural: string;
  /** Hanyu Pinyin with tone marks. */
  readonly pinyin: string;
  /** Other names, in either kind of characters; empty for a category. */
  readonly aliases: readonly string[];
  readonly wordsZh: readonly string[];
  readonly wordsEn: readonly string[];
  /** Ids of the categories straight above, the most specific first. */
  readonly parents: readonly string[];
  /** Null for a class. */
  readonly itself: boolean | null;
}

/** From the best to the least; a place in it is a rank. */
const RANKS: readonly NameMatch[] = [
  'name',
  'synonym',
  'category',
  'alias',
  'word',
  'pinyin',
  'pinyin-of-synonym',
  'pinyin-of-word',
  'part',
  'beginning',
];
const PLACES = new Map(RANKS.map((match, place) => [match, place]));
const rank = (match: NameMatch) => PLACES.get(match) as number;

/** How a name is found by the sound of what it would be found by. */
const SOUND_OF: Partial<Record<NameMatch, NameMatch>> = {
  name: 'pinyin',
  synonym: 'pinyin-of-synonym',
};

const HAN = /\p{Script=Han}/u;

interface Term {
  readonly text: string;
  /** Words between spaces, in English. */
  readonly spaced: string;
  readonly match: NameMatch;
}

interface Indexed {
  readonly row: NameRow;
  readonly terms: readonly Term[];
  readonly sounds: readonly { readonly sound: Reading; readonly match: NameMatch }[];
}

interface Hit {
  readonly match: NameMatch;
  /** Found by what it is called itself, not by a category above it. */
  readonly own: boolean;
}

type Take = (id: string, match: NameMatch, own?: boolean) => void;

export class Names {
  readonly #rows: ReadonlyMap<string, NameRow>;
  readonly #indexed: readonly Indexed[];
  readonly #readings: Readings;
  /** What was found before, but for its match. */
  readonly #found = new Map<string, FoundName>();
  /** What stands straight below each category. */
  readonly #below = new Map<string, string[]>();

  /** `characters` as scripts/lib/characters.mjs writes them. */
  constructor(rows: readonly NameRow[], characters: readonly string[]) {
    this.#readings = new Readings(characters);
    this.#rows = new Map(rows.map((row) => [row.id, row]));
    this.#indexed = rows.map((row) => this.#index(row));
    for (const { id, parents } of rows) {
      for (const parent of parents) {
        this.#below.set(parent, [...(this.#below.get(parent) ?? []), id]);
      }
    }
  }

  /** The best first; equals in the order of the table, categories before classes. */
  search(text: string): FoundName[] {
    const query = this.#readings.simplified(normal(text));
    if (query === '') return [];
    const sound = this.#readings.query(normal(text));
    const singular = singularOf(query);
    const inHan = HAN.test(query);
    const found = new Map<string, Hit>();
    const take: Take = (id, match, own = true) => {
      const former = found.get(id);
      if (former === undefined || rank(match) < rank(former.match)) found.set(id, { match, own });
    };
    for (const { row, terms, sounds } of this.#indexed) {
      for (const term of terms) {
        if (term.text === query || term.text === singular) take(row.id, term.match);
        else {
          const part = partOf(term, query, inHan);
          if (part) take(row.id, part);
        }
      }
      if (!sound) continue;
      for (const one of sounds) {
        const heard = one.sound.hears(sound);
        if (heard === 'whole') take(row.id, one.match);
        else if (heard && one.match === 'pinyin') take(row.id, 'beginning');
      }
    }
    for (const [id, { match }] of [...found]) {
      const matchBelow = below(match, inHan);
      if (matchBelow) this.#takeBelow(id, matchBelow, take);
    }
    // Who has written a whole name does not mean what only begins like it.
    const best = Math.min(...[...found.values()].map(({ match }) => rank(match)));
    const last = best <= rank('category') ? rank('part') : RANKS.length;
    return [...found]
      .filter(([, { match }]) => rank(match) <= last)
      .map(([id, hit]) => ({ hit, name: this.#named(id, hit.match) }))
      .sort(
        (a, b) =>
          rank(a.hit.match) - rank(b.hit.match) ||
          Number(b.hit.own) - Number(a.hit.own) ||
          Number(a.name.kind === 'class') - Number(b.name.kind === 'class'),
      )
      .map(({ name }) => name);
  }

  /** The categories above a class or category in the whole tree, by all ways up. */
  #above(id: string): ReadonlySet<string> {
    const all = new Set<string>();
    const wait = [...(this.#rows.get(id)?.parents ?? [])];
    for (let next = wait.pop(); next !== undefined; next = wait.pop()) {
      if (all.has(next)) continue;
      all.add(next);
      wait.push(...(this.#rows.get(next)?.parents ?? []));
    }
    return all;
  }

  #takeBelow(category: string, match: NameMatch, take: Take): void {
    for (const id of this.#below.get(category) ?? []) {
      take(id, match, false);
      this.#takeBelow(id, match, take);
    }
  }

  #named(id: string, match: NameMatch): FoundName {
    const known = this.#found.get(id);
    if (known) return { ...known, match };
    const row = this.#rows.get(id) as NameRow;
    const found = {
      id,
      kind: row.itself === null ? 'class' : 'category',
      label_zh: row.zh,
      label_zh_hant: row.zhHant,
      label_en: row.en,
      label_pinyin: row.pinyin,
      path: row.itself === null ? this.#pathTo(row.parents[0]) : this.#pathTo(id),
      above: [...this.#above(id)],
      match,
    } as const;
    this.#found.set(id, found);
    return found;
  }

  /** By the first parents, as the models' answers say it. */
  #pathTo(id: string | undefined): Category[] {
    const row = id === undefined ? undefined : this.#rows.get(id);
    if (!row) return [];
    const { zh, en, itself } = row;
    return [...this.#pathTo(row.parents[0]), { id: row.id, zh, en, itself: itself === true }];
  }

  #index(row: NameRow): Indexed {
    const category = row.itself !== null;
    const word: NameMatch = category ? 'synonym' : 'word';
    const zh = [
      ...[row.zh, row.zhHant].map((text) => ({ text, match: 'name' as NameMatch })),
      ...row.aliases.map((text) => ({ text, match: 'alias' as NameMatch })),
      ...row.wordsZh.map((text) => ({ text, match: word })),
    ].map(({ text, match }) => ({ text: this.#readings.simplified(normal(text)), match }));
    const en = [
      ...[row.en, withoutBrackets(row.en), row.plural].map((text) => ({
        text,
        match: 'name' as NameMatch,
      })),
      { text: inBrackets(row.en), match: 'alias' as NameMatch },
      ...row.wordsEn.map((text) => ({ text, match: word })),
    ]
      .filter(({ text }) => text !== '')
      .flatMap(({ text, match }) => [
        { text: normal(text), match },
        { text: singularOf(normal(text)), match },
      ]);
    const sounds = zh.slice(1).map(({ text, match }) => ({
      sound: this.#readings.of(text),
      match: SOUND_OF[match] ?? 'pinyin-of-word',
    }));
    const own = {
      sound: this.#readings.ofPinyin(row.zh, row.pinyin),
      match: 'pinyin' as NameMatch,
    };
    return { row, terms: termsOf([...zh, ...en]), sounds: [own, ...sounds] };
  }
}

/** How a class is found whose category is. A word of an English list, as in “Dogs, wolves and foxes”, is not all of it. */
function below(match: NameMatch, inHan: boolean): NameMatch | null {
  if (match === 'name' || match === 'synonym') return 'category';
  return inHan || rank(match) < rank('part') ? match : null;
}

/** NFKC, lower case, single spaces. */
export function normal(text: string): string {
  return text.normalize('NFKC').toLowerCase().trim().replaceAll(/\s+/g, ' ');
}

/** boxes → box, cherries → cherry, dogs → dog; bus and glass stay. */
export function singularOf(text: string): string {
  if (/[^a-z]?[a-z]{2,}ies$/.test(text)) return text.replace(/ies$/, 'y');
  if (/(s|x|z|ch|sh)es$/.test(text)) return text.replace(/es$/, '');
  return /[a-z]{2,}[^su'i]s$/.test(text) ? text.slice(0, -1) : text;
}

/** dipper (water ouzel) is called dipper. */
function withoutBrackets(en: string): string {
  return en.replace(/\s*\(.+\)$/, '');
}

/** boxer (dog) is no other word for a dog, but cougar (puma) is one. */
function inBrackets(en: string): string {
  return /\((.+)\)$/.exec(en)?.[1] ?? '';
}

/** Chinese names have their borders at both ends, where the last word is what it is; English ones between words. */
function partOf({ text, spaced }: Term, query: string, inHan: boolean): NameMatch | null {
  if (inHan) {
    if (text.endsWith(query)) return 'part';
    return text.startsWith(query) ? 'beginning' : null;
  }
  if (query.length < 2 || !spaced.includes(` ${query}`)) return null;
  return spaced.includes(` ${query} `) ? 'part' : 'beginning';
}

function termsOf(all: readonly { readonly text: string; readonly match: NameMatch }[]): Term[] {
  return all
    .filter(
      ({ text, match }, at) =>
        all.findIndex((one) => one.text === text && one.match === match) === at,
    )
    .map(({ text, match }) => ({
      text,
      match,
      spaced: HAN.test(text) ? text : ` ${text.replaceAll(/[-/(),]/g, ' ')} `,
    }));
}
