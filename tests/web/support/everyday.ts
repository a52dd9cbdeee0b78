// An album of photos with known labels, looked through by everyday words.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeWordTable } from '../../../scripts/lib/word-table.mjs';
import { findPhotos } from '../../../web/page/src/album/search.js';
import { type Entry, type Guess, nameOf } from '../../../web/page/src/album/types.js';
import type { Category } from '../../../web/src/types.js';
import { WordTable } from '../../../web/src/words/table.js';
import { labelTable } from './label-table.js';
import { path } from './node-package.js';

/** The library's table, as the build makes it. */
export const words = new WordTable(
  readFileSync(writeWordTable(path('models/labels'), mkdtempSync(join(tmpdir(), 'w-')))),
);

const [labels = [], tree = []] = await Promise.all(
  ['imagenet1k.tsv', 'taxonomy.tsv'].map(labelTable),
);
const node = new Map(tree.map((row) => [row.id ?? '', row]));
const parentsOf = new Map(
  [
    ...labels.map(({ id, category }) => [id, category]),
    ...tree.map(({ id, parents }) => [id, parents]),
  ].map(([id = '', above]) => [id, (above ?? '').split('|').filter(Boolean)]),
);

/** Ids of a class or category and of all that it lies in, by the data and not by the search. */
export function withAll(id: string): Set<string> {
  return new Set([id, ...(parentsOf.get(id) ?? []).flatMap((parent) => [...withAll(parent)])]);
}

function pathTo(id: string): Category[] {
  const row = node.get(id);
  const parent = parentsOf.get(id)?.[0];
  const above = parent ? pathTo(parent) : [];
  return row
    ? [...above, { id, zh: row.zh ?? '', en: row.en ?? '', itself: row.itself === '1' }]
    : above;
}

const classes = new Map(labels.map((row) => [row.id, row]));

/** A class as the bundled models name it. */
export function guessOfClass(id: string, score: number): Guess {
  const row = classes.get(id);
  const aliases = (row?.zh_aliases ?? '').split('|').filter(Boolean);
  return { id, zh: row?.zh ?? '', en: row?.en ?? '', aliases, categories: pathTo(id), score };
}

export interface Labelled {
  readonly truth: string;
  readonly entry: Entry;
}

interface Row {
  readonly [column: string]: string;
}

export function rowsOf(name: string): Row[] {
  const [header = '', ...lines] = readFileSync(path(`tests/fixtures/words/${name}`), 'utf8')
    .trimEnd()
    .split('\n');
  const columns = header.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    return Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? '']));
  });
}

/** Photos as lite0 named them: tests/fixtures/make_named_photos.mjs. */
export function album(): Labelled[] {
  return rowsOf('photos.tsv').map(({ truth = '', answer = '', kind, guesses = '' }, order) => {
    const all = guesses.split('|').map((one) => {
      const [id = '', score] = one.split(':');
      return guessOfClass(id, Number(score));
    });
    const of = kind === 'category' ? node.get(answer) : classes.get(answer);
    const entry: Entry = {
      key: String(order),
      order,
      path: `${order}.jpg`,
      size: 1,
      modified: 0,
      state: 'named',
      guesses: all,
      answer: {
        kind: kind as 'class' | 'category' | 'unknown',
        id: answer || null,
        label: of?.zh ?? '',
        label_zh: of?.zh ?? '',
        label_en: of?.en ?? '',
        score: 0.7,
        path: pathTo(answer),
      },
      width: 1,
      height: 1,
      failure: null,
      corrected: null,
    };
    return { truth, entry };
  });
}

/** What one query brings of an album, beside what it should. */
export interface Outcome {
  /** Photos of the thing that were named right. */
  readonly right: number;
  /** Of those, how many are found. */
  readonly found: number;
  /** Photos of other things, named as other things, before the last of those. */
  readonly foreign: number;
  /** Photos of other things that were taken for this one, anywhere among them. */
  readonly mistaken: number;
  readonly listed: number;
}

export function outcomeOf(
  query: string,
  categories: readonly string[],
  photos: readonly Labelled[],
) {
  const among = (id: string) => [...withAll(id)].some((one) => categories.includes(one));
  const isTruly = new Map(photos.map(({ truth, entry }) => [entry.key, among(truth)]));
  const isNamed = (entry: Entry) => among(nameOf(entry)?.id ?? '');
  const isRight = (entry: Entry) => isTruly.get(entry.key) === true && isNamed(entry);
  const list = findPhotos(
    { text: query, names: words.search(query) },
    photos.map(({ entry }) => entry),
  );
  const before = list.slice(0, list.findLastIndex(isRight) + 1);
  return {
    right: photos.filter(({ entry }) => isRight(entry)).length,
    found: list.filter(isRight).length,
    foreign: before.filter((entry) => !isTruly.get(entry.key) && !isNamed(entry)).length,
    mistaken: before.filter((entry) => !isTruly.get(entry.key) && isNamed(entry)).length,
    listed: list.length,
  };
}
