/** What is to be said of each class and category: tab-separated columns, a line each, found by their ids. */
import { ShiwuError } from '../errors.js';
import type { Answer, Classification, Description, FoundName, Prediction } from '../types.js';
import { Names } from './names.js';

export class WordTable {
  readonly #columns: ReadonlyMap<string, readonly string[]>;
  readonly #places: ReadonlyMap<string, number>;
  #names: Names | undefined;

  /** `bytes`: UTF-8, as scripts/lib/word-table.mjs writes it. */
  constructor(bytes: Uint8Array) {
    const lines = new TextDecoder().decode(bytes).trimEnd().split('\n');
    this.#columns = new Map(
      lines.map((line) => {
        const [heading = '', ...cells] = line.split('\t');
        return [heading, cells];
      }),
    );
    const ids = this.#columns.get('id');
    if (!ids) throw new ShiwuError('invalid-labels', 'words.tsv: no ids');
    this.#places = new Map(ids.map((id, place) => [id, place]));
  }

  describe(id: string): Description | null {
    const place = this.#places.get(id);
    if (place === undefined) return null;
    const cell = (column: string) => this.#columns.get(column)?.[place] ?? '';
    const list = (column: string) => cell(column).split('|').filter(Boolean);
    return {
      id,
      label_zh: cell('label_zh'),
      label_zh_hant: cell('label_zh_hant'),
      label_pinyin: cell('label_pinyin'),
      label_en: cell('label_en'),
      aliases_zh_hant: list('aliases_zh_hant'),
      about_zh: cell('about_zh'),
      about_en: cell('about_en'),
      words_zh: list('words_zh'),
      words_en: list('words_en'),
      plural_en: cell('en_plural'),
      counter_zh: cell('counter'),
    };
  }

  /** What people call so, the best first: see `Classifier.searchNames`. */
  search(text: string): FoundName[] {
    this.#names ??= this.#index();
    return this.#names.search(text);
  }

  #index(): Names {
    const rows = [...this.#places].map(([id, place]) => {
      const cell = (column: string) => this.#columns.get(column)?.[place] ?? '';
      const list = (column: string) => cell(column).split('|').filter(Boolean);
      return {
        id,
        zh: cell('label_zh'),
        zhHant: cell('label_zh_hant'),
        en: cell('label_en'),
        plural: cell('en_plural'),
        pinyin: cell('label_pinyin'),
        aliases: [...list('aliases_zh'), ...list('aliases_zh_hant')],
        wordsZh: list('words_zh'),
        wordsEn: list('words_en'),
        parents: list('parents'),
        itself: cell('itself') === '' ? null : cell('itself') === '1',
      };
    });
    return new Names(rows, this.#columns.get('characters') ?? []);
  }

  /** The same result, with the further names of the classes and categories that have them. */
  addNames(result: Classification): Classification {
    return {
      ...result,
      answer: this.#addNames(result.answer),
      predictions: result.predictions.map((one) => this.#addNames(one)),
    };
  }

  /** An own model may call the class of an id otherwise: then the table's names are another's. */
  #addNames<Named extends Prediction | Answer>(named: Named): Named {
    if (named.id === null) return { ...named, label_zh_hant: '看不出來' };
    const found = this.describe(named.id ?? '');
    if (found?.label_zh !== named.label_zh) return named;
    const { label_zh_hant, label_pinyin } = found;
    return { ...named, label_zh_hant, label_pinyin };
  }
}
