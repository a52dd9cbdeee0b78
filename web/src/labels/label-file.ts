import { dsvFormat } from 'd3-dsv';
import { ShiwuError } from '../errors.js';
import type { LabelInit } from '../types.js';
import { columnsOf, fieldOf, NUMBER, WNID } from './columns.js';

/**
 * The names of classes, in the order of the network's output, from the files in which people keep them:
 * one name a line, tables with or without headings, and the JSON of torchvision, Keras, Hugging Face and
 * Ultralytics.
 */

/** What was found in a label file, and what a person should look at. */
export type LabelNote =
  | {
      /** Which columns of a table were read, by their headings. */
      readonly kind: 'columns';
      /** The one with the names. */
      readonly name: string;
      /** The column by whose numbers the rows were put in order. */
      readonly number: string | null;
    }
  | {
      /** The numbers do not run from 0: the rows are in the order of the numbers. */
      readonly kind: 'numbers';
      /** The least of them, which is that of the first class. */
      readonly first: number;
      /** The greatest. */
      readonly last: number;
      /** Whether each number from the first to the last is there once. */
      readonly complete: boolean;
    }
  | {
      /** So many names came again, and were numbered: two classes of ImageNet are called crane. */
      readonly kind: 'repeated';
      /** How many. */
      readonly count: number;
    };

/** The names of a model's classes, as a file has them. */
export interface Labels {
  /** In the order of the network's output: for `createClassifier({ labels })`. */
  readonly labels: readonly LabelInit[];
  /** What was read, and what should be looked at. */
  readonly notes: readonly LabelNote[];
}

/** Why a file gives no labels. */
export type LabelProblem =
  | {
      /** There are no names in it; or it begins as JSON and is not whole. */
      readonly kind: 'no-labels' | 'not-json';
    }
  | {
      /** A class has no name. */
      readonly kind: 'gap';
      /** Place of the class that has no name, from 0. */
      readonly at: number;
    };

/** A `ShiwuError` with code `invalid-labels` that says what the file lacks. */
export class LabelFileError extends ShiwuError {
  constructor(
    /** What is wrong with it. */
    readonly problem: LabelProblem,
  ) {
    super(
      'invalid-labels',
      problem.kind === 'gap' ? `class ${problem.at} has no name` : problem.kind,
    );
  }
}

/** Throws `LabelFileError`. */
export function labelsOfText(text: string): Labels {
  const plain = text.trim();
  const notes: LabelNote[] = [];
  const named = /^[[{]/.test(plain) ? fromJson(plain, notes) : fromLines(plain, notes);
  if (named.length === 0) throw new LabelFileError({ kind: 'no-labels' });
  const gap = named.findIndex(({ zh }) => !zh);
  if (gap >= 0) throw new LabelFileError({ kind: 'gap', at: gap });
  return { labels: unique(named, notes), notes };
}

function unique(named: readonly LabelInit[], notes: LabelNote[]): LabelInit[] {
  const taken = new Set(named.map(({ zh }) => zh));
  const seen = new Set<string>();
  let count = 0;
  const labels = named.map((label) => {
    if (!seen.has(label.zh)) {
      seen.add(label.zh);
      return label;
    }
    count++;
    let number = 2;
    while (taken.has(`${label.zh} ${number}`)) number++;
    const zh = `${label.zh} ${number}`;
    taken.add(zh);
    return { ...label, zh, en: label.en ?? zh };
  });
  if (count > 0) notes.push({ kind: 'repeated', count });
  return labels;
}

type Placed = LabelInit & { readonly at?: number | undefined };

/** By the numbers that the labels carry, where all of them carry one; else as they stand. */
function inOrder(all: readonly Placed[], notes: LabelNote[]): LabelInit[] {
  const numbered = all.length > 0 && all.every(({ at }) => at !== undefined);
  const placed = numbered ? [...all].sort((a, b) => (a.at ?? 0) - (b.at ?? 0)) : all;
  if (numbered) {
    const [first = 0, last = 0] = [placed[0]?.at, placed.at(-1)?.at];
    const complete = placed.every(({ at }, i) => at === first + i);
    if (first !== 0 || !complete) notes.push({ kind: 'numbers', first, last, complete });
  }
  return placed.map(({ at: _, ...label }) => label);
}

/** The keys of JSON are the network's own numbers: from 0, or 1 as some count, and each there once. */
function byKeys(all: readonly Placed[], notes: LabelNote[]): LabelInit[] {
  const numbers = new Set(all.map(({ at }) => at));
  const first = numbers.has(0) ? 0 : 1;
  const missing = all.findIndex((_, i) => !numbers.has(first + i));
  if (missing >= 0) throw new LabelFileError({ kind: 'gap', at: missing });
  return inOrder(all, notes);
}

function fromLines(text: string, notes: LabelNote[]): LabelInit[] {
  const delimiter = ['\t', ',', ';'].find((one) => isTable(text, one));
  if (delimiter) return fromTable(dsvFormat(delimiter).parseRows(text), notes);
  const lines = text.split(/\r\n|\n|\r/).map((line) => line.trim());
  return fromNames(lines.filter(Boolean), notes);
}

/**
 * A table has as many cells in every line. Commas alone do not make one, for "tench, Tinca tinca" is one
 * name: there must be headings, or a number or id at the head of each line.
 */
function isTable(text: string, delimiter: string): boolean {
  const rows = dsvFormat(delimiter)
    .parseRows(text)
    .filter((row) => row.some(Boolean));
  const [first = []] = rows;
  if (first.length < 2 || rows.some(({ length }) => length !== first.length)) return false;
  const keyed = rows.every(([cell = '']) => NUMBER.test(cell.trim()) || WNID.test(cell.trim()));
  return delimiter === '\t' || keyed || heads(first);
}

const heads = (row: readonly string[]) => row.some((cell) => fieldOf(cell) !== undefined);

function fromTable(all: readonly string[][], notes: LabelNote[]): LabelInit[] {
  const rows = all.map((row) => row.map(clean)).filter((row) => row.some(Boolean));
  const [first = []] = rows;
  const headed = heads(first);
  return fromRows(headed ? first : undefined, headed ? rows.slice(1) : rows, notes);
}

/** Headings are the names of columns; without any, what is in them tells. */
function fromRows(
  headings: readonly string[] | undefined,
  rows: readonly (readonly string[])[],
  notes: LabelNote[],
): LabelInit[] {
  const columns = columnsOf(headings, rows);
  const name = columns.zh ?? columns.en;
  if (name === undefined) return rows.map(() => ({ zh: '' }));
  const number = columns.index ?? (isNumbers(rows, columns.id) ? columns.id : undefined);
  if (headings) {
    const numberedBy = number === undefined ? null : (headings[number] as string);
    notes.push({ kind: 'columns', name: headings[name] as string, number: numberedBy });
  }
  return inOrder(
    rows.map((row) => {
      const cell = (column: number | undefined) =>
        column === undefined ? '' : (row[column] ?? '');
      const en = cell(columns.en);
      const zh = cell(columns.zh) || en;
      const id = columns.id === number ? '' : cell(columns.id);
      const at = cell(number);
      return {
        zh,
        ...(en && columns.zh !== undefined && { en }),
        ...(id && { id }),
        at: NUMBER.test(at) ? Number(at) : undefined,
      };
    }),
    notes,
  );
}

function isNumbers(rows: readonly (readonly string[])[], column: number | undefined): boolean {
  return column !== undefined && rows.every((row) => NUMBER.test(row[column] ?? ''));
}

/** Tabs and line breaks are what separates labels in the library. */
const clean = (name: string) => name.replaceAll(/\s+/g, ' ').trim();

/** `猫`; `0 猫` and `0: 猫` where all lines are numbered so; `n02123045 tabby, tabby cat`. */
function fromNames(lines: readonly string[], notes: LabelNote[]): LabelInit[] {
  const numbered = lines.map((line) => /^(\d+)\s*[:：,，.、\s]\s*(.+)$/.exec(line));
  const numbers = new Set(numbered.map((match) => Number(match?.[1])));
  const inTurn = lines.map((_, i) => i);
  const counted = [0, 1].some((first) => inTurn.every((i) => numbers.has(i + first)));
  return inOrder(
    lines.map((line, i) => {
      const [, number, rest = line] = (counted && numbered[i]) || [];
      const [, id, name = rest] = /^(n\d{8})\s+(.+)$/.exec(rest) ?? [];
      return { zh: clean(name), ...(id && { id }), ...(number && { at: Number(number) }) };
    }),
    notes,
  );
}

/** Where the names lie in larger files. */
const WITHIN = ['id2label', 'labels', 'names', 'classes', 'categories', 'class_names'];

function fromJson(text: string, notes: LabelNote[]): LabelInit[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new LabelFileError({ kind: 'not-json' });
  }
  return fromValue(value, notes);
}

function fromValue(value: unknown, notes: LabelNote[]): LabelInit[] {
  if (Array.isArray(value)) {
    return value.length > 0 && value.every(isRecord)
      ? fromRecords(value, notes)
      : inOrder(value.map(fromItem), notes);
  }
  if (!isRecord(value)) return [];
  const entries = Object.entries(value);
  const within = WITHIN.find((key) => typeof value[key] === 'object');
  if (within) return fromValue(value[within], notes);
  // {"cat": 0}: class_to_idx, label2id.
  if (entries.every(([, index]) => Number.isInteger(index))) {
    return byKeys(
      entries.map(([name, at]) => ({ zh: clean(name), at: at as number })),
      notes,
    );
  }
  if (entries.every(([key]) => NUMBER.test(key))) {
    return byKeys(
      entries.map(([key, item]) => ({ ...fromItem(item), at: Number(key) })),
      notes,
    );
  }
  return [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Records are the rows of a table whose headings are their fields. */
function fromRecords(records: readonly Record<string, unknown>[], notes: LabelNote[]): LabelInit[] {
  const headings = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const rows = records.map((record) => headings.map((heading) => asText(record[heading])));
  return fromRows(headings, rows, notes);
}

function asText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? clean(String(value)) : '';
}

/** A name, a record, or Keras' ["n02123045", "tabby"]. */
function fromItem(item: unknown): LabelInit {
  if (typeof item === 'string') return { zh: clean(item) };
  if (Array.isArray(item)) {
    const [id, name] = item as readonly unknown[];
    return typeof name === 'string' ? { zh: clean(name), id: String(id) } : fromItem(id);
  }
  return (isRecord(item) && fromRecords([item], [])[0]) || { zh: '' };
}
