import { COLORS, FITS, PIXELS, TASKS } from '../own/own-model.js';
import type { Row } from './migrate.js';

/**
 * Whether a record has the shape that the page reads: a file may come from anywhere, and what is stored once is read
 * at every visit.
 */

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const number: Check = (value) => Number.isFinite(value);
const flag: Check = (value) => typeof value === 'boolean';
const nothing: Check = (value) => value === undefined || value === null;
const blob: Check = (value) => value instanceof Blob;
const buffer: Check = (value) => value instanceof ArrayBuffer;

const oneOf =
  (values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);
const either =
  (...checks: Check[]): Check =>
  (value) =>
    checks.some((check) => check(value));
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const shape =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(fields).every(([key, check]) => check((value as Record<string, unknown>)[key]));

const category = shape({ id: text, zh: text, en: text, itself: flag });
const guess = shape({
  id: text,
  zh: text,
  en: text,
  aliases: listOf(text),
  categories: listOf(category),
  score: number,
});
const answer = shape({
  kind: oneOf(['class', 'category', 'unknown']),
  id: either(text, nothing),
  label_zh: text,
  label_en: text,
  score: number,
  path: listOf(category),
});
const names = shape({ zh: text, en: text });

/** A Blob, or its bytes as kept/bytes.ts has them. */
const picture = either(blob, shape({ bytes: buffer, type: text }));
const file = either(
  (value) => value instanceof File,
  shape({ bytes: buffer, type: text, name: text, lastModified: either(number, nothing) }),
);

const entry = shape({
  key: text,
  order: number,
  path: text,
  size: number,
  modified: number,
  state: oneOf(['waiting', 'named', 'failed']),
  guesses: listOf(guess),
  answer: either(answer, nothing),
  width: number,
  height: number,
  taken: either(text, nothing),
  failure: either(shape({ code: text, zh: text, en: text }), nothing),
});

const memory = shape({
  at: number,
  name: either(text, nothing),
  thumbnail: either(picture, nothing),
  model: names,
  result: shape({
    predictions: listOf(
      shape({
        index: either(number, nothing),
        id: text,
        label_zh: text,
        label_en: text,
        aliases: listOf(text),
        score: number,
        categories: listOf(category),
      }),
    ),
    // Of the first versions: a category in its place.
    answer: either(answer, nothing),
    category: either(shape({ id: text, zh: text, en: text, score: number }), nothing),
  }),
});

const answers = shape({
  labels: text,
  pixels: oneOf(PIXELS),
  color: oneOf(COLORS),
  fit: oneOf(FITS),
  task: oneOf([...TASKS, undefined]),
  size: either(number, nothing),
});
const ownModel = shape({
  file,
  data: either(listOf(file), nothing),
  sha256: either(text, nothing),
  answers: either(answers, nothing),
});

const lessons = shape({ stamp: text, file: lessonsFile, names: listOf(text), model: names });

const SHAPES: Readonly<Record<string, Check>> = {
  entries: entry,
  corrections: guess,
  vectors: (value) => value instanceof Int8Array && value.length > 0,
  thumbnails: picture,
  originals: file,
  memories: memory,
  models: ownModel,
  lessons,
  waiting: (value) => lessons(value) && shape({ of: text })(value),
};

export function isWhole(store: string, [key, value]: Row): boolean {
  const check = SHAPES[store];
  if (!check?.(value)) return false;
  if (store === 'memories') return typeof key === 'number';
  return typeof key === 'string' && (store !== 'entries' || (value as { key: string }).key === key);
}

/** What `exportTaught` gives: wasm/include/shiwu/taught.h. */
function lessonsFile(value: unknown): boolean {
  if (!(value instanceof ArrayBuffer) || value.byteLength < 20) return false;
  const view = new DataView(value);
  const word = (at: number) => (at + 4 <= view.byteLength ? view.getUint32(at, true) : 0);
  if (view.getUint32(0) !== 0x53575454 || word(4) !== 1) return false; // SWTT
  const [numbers, categories] = [word(8), word(12)];
  let at = 20 + word(16);
  for (let i = 0; i < categories && at <= view.byteLength; i++) {
    at += 12 + word(at) + numbers * (word(at + 4) + word(at + 8));
  }
  return at === view.byteLength;
}
