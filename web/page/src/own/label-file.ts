import { dsvFormat } from 'd3-dsv';
import type { LabelInit } from 'shiwu';

/**
 * The names of classes, in the order of the network's output, from the files in which people keep them:
 * one name a line, tables with or without headings, and the JSON of torchvision, Keras, Hugging Face and
 * Ultralytics.
 */

export interface Labels {
  readonly labels: readonly LabelInit[];
  /** Names that came twice and were numbered: two classes of ImageNet are called crane. */
  readonly renamed: number;
}

/** Why a file gives no labels. `at` is the place of the class that has no name, from 0. */
export type LabelProblem =
  | { readonly kind: 'no-labels' }
  | { readonly kind: 'not-json' }
  | { readonly kind: 'gap'; readonly at: number };

export class LabelFileError extends Error {
  constructor(readonly problem: LabelProblem) {
    super(problem.kind);
  }
}

/** Throws `LabelFileError`. */
export function readLabels(text: string): Labels {
  const plain = text.trim();
  const named = /^[[{]/.test(plain) ? fromJson(plain) : fromLines(plain);
  if (named.length === 0) throw new LabelFileError({ kind: 'no-labels' });
  const gap = Array.from(named).findIndex((label) => !label?.zh);
  if (gap >= 0) throw new LabelFileError({ kind: 'gap', at: gap });
  return unique(named);
}

function unique(named: readonly LabelInit[]): Labels {
  const taken = new Set(named.map(({ zh }) => zh));
  const seen = new Set<string>();
  let renamed = 0;
  const labels = named.map((label) => {
    if (!seen.has(label.zh)) {
      seen.add(label.zh);
      return label;
    }
    renamed++;
    let number = 2;
    while (taken.has(`${label.zh} ${number}`)) number++;
    const zh = `${label.zh} ${number}`;
    taken.add(zh);
    return { ...label, zh, en: label.en ?? zh };
  });
  return { labels, renamed };
}

/** Names of columns and fields, and which of ours they are. */
const FIELDS: Record<string, 'zh' | 'en' | 'name' | 'id' | 'index'> = {
  zh: 'zh',
  label_zh: 'zh',
  name_zh: 'zh',
  chinese: 'zh',
  中文: 'zh',
  中文名: 'zh',
  名称: 'zh',
  en: 'en',
  label_en: 'en',
  name_en: 'en',
  english: 'en',
  英文: 'en',
  英文名: 'en',
  name: 'name',
  label: 'name',
  class: 'name',
  class_name: 'name',
  类别: 'name',
  标签: 'name',
  tag: 'name',
  id: 'id',
  wnid: 'id',
  synset: 'id',
  index: 'index',
  idx: 'index',
  class_id: 'index',
  class_index: 'index',
  序号: 'index',
};

/** A row or record by the names of its fields; undefined where none of them is a name. */
function labelOf(
  record: Readonly<Record<string, unknown>>,
): (LabelInit & { at?: number }) | undefined {
  const ours: Partial<Record<'zh' | 'en' | 'name' | 'id' | 'index', string>> = {};
  for (const [key, value] of Object.entries(record)) {
    const field = FIELDS[key.trim().toLowerCase()];
    const text = typeof value === 'number' ? String(value) : value;
    if (field && typeof text === 'string' && text.trim()) ours[field] ??= clean(text);
  }
  const zh = ours.zh ?? ours.name ?? ours.en;
  if (!zh) return undefined;
  const en = ours.en ?? (ours.zh ? ours.name : undefined);
  const index = ours.index ?? (/^\d+$/.test(ours.id ?? '') ? ours.id : undefined);
  return {
    zh,
    ...(en && { en }),
    ...(ours.id && ours.id !== index && { id: ours.id }),
    ...(index && /^\d+$/.test(index) && { at: Number(index) }),
  };
}

/** Tabs and line breaks are what separates labels in the library. */
const clean = (name: string) => name.replaceAll(/\s+/g, ' ').trim();

type Placed = LabelInit & { readonly at?: number };

/** By the numbers that the labels carry, where all of them carry one. */
function inOrder(all: readonly Placed[]): LabelInit[] {
  const numbered = all.length > 0 && all.every(({ at }) => at !== undefined);
  const placed: LabelInit[] = [];
  // Counted from 1, as some do.
  const first = numbered ? Math.min(...all.map(({ at = 0 }) => at)) : 0;
  all.forEach(({ at = 0, ...label }, i) => {
    const place = numbered ? at - (first === 1 ? 1 : 0) : i;
    if (place > all.length * 2) throw new LabelFileError({ kind: 'gap', at: all.length });
    placed[place] ??= label;
  });
  return placed;
}

function fromLines(text: string): LabelInit[] {
  const delimiter = ['\t', ',', ';'].find((one) => isTable(text, one));
  if (delimiter) return fromTable(dsvFormat(delimiter).parseRows(text));
  const lines = text.split(/\r\n|\n|\r/).map((line) => line.trim());
  return fromNames(lines.filter(Boolean));
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
  const keyed = rows.every(([cell = '']) => NUMBER.test(cell) || WNID.test(cell));
  return delimiter === '\t' || keyed || heads(first);
}

const NUMBER = /^\d+$/;
const WNID = /^n\d{8}$/;
const heads = (row: readonly string[]) => row.some((cell) => cell.trim().toLowerCase() in FIELDS);

function fromTable(all: readonly string[][]): LabelInit[] {
  const rows = all.filter((row) => row.some((cell) => cell.trim()));
  const [first = []] = rows;
  const headed = heads(first);
  const columns = headed ? first : guessColumns(first);
  return inOrder(
    (headed ? rows.slice(1) : rows).map((row) => {
      const record = Object.fromEntries(columns.map((column, i) => [column, row[i] ?? '']));
      return labelOf(record) ?? { zh: '' };
    }),
  );
}

/** Without headings: numbers, WordNet ids, then a name, and its other language. */
function guessColumns(row: readonly string[]): string[] {
  let names = 0;
  return row.map((cell) => {
    if (NUMBER.test(cell)) return 'index';
    if (WNID.test(cell)) return 'id';
    const column = ['name', 'en'][names] ?? `more ${names}`;
    names++;
    return column;
  });
}

/** `猫`; `0 猫` and `0: 猫` where all lines are numbered so; `n02123045 tabby, tabby cat`. */
function fromNames(lines: readonly string[]): LabelInit[] {
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
  );
}

/** Where the names lie in larger files. */
const WITHIN = ['id2label', 'labels', 'names', 'classes', 'categories', 'class_names'];

function fromJson(text: string): LabelInit[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new LabelFileError({ kind: 'not-json' });
  }
  return fromValue(value);
}

function fromValue(value: unknown): LabelInit[] {
  if (Array.isArray(value)) return inOrder(value.map(fromItem));
  if (typeof value !== 'object' || value === null) return [];
  const entries = Object.entries(value);
  const within = WITHIN.find((key) => typeof (value as Record<string, unknown>)[key] === 'object');
  if (within) return fromValue((value as Record<string, unknown>)[within]);
  // {"cat": 0}: class_to_idx, label2id.
  if (entries.every(([, index]) => Number.isInteger(index))) {
    return inOrder(entries.map(([name, at]) => ({ zh: clean(name), at: at as number })));
  }
  if (entries.every(([key]) => NUMBER.test(key))) {
    return inOrder(entries.map(([key, item]) => ({ ...fromItem(item), at: Number(key) })));
  }
  return [];
}

/** A name, a record, or Keras' ["n02123045", "tabby"]. */
function fromItem(item: unknown): Placed {
  if (typeof item === 'string') return { zh: clean(item) };
  if (Array.isArray(item)) {
    const [id, name] = item;
    return typeof name === 'string' ? { zh: clean(name), id: String(id) } : fromItem(id);
  }
  return (
    (typeof item === 'object' && item && labelOf(item as Record<string, unknown>)) || { zh: '' }
  );
}
