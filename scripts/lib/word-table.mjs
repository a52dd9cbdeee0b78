// Makes words.tsv, which the library fetches beside the model, of the reviewed tables in models/labels.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { charactersOf } from './characters.mjs';

/** The table's columns, as web/src/words/table.ts reads them, and what each is called in models/labels. */
const COLUMNS = {
  id: 'id',
  label_zh: 'zh',
  label_zh_hant: 'zh_hant',
  label_pinyin: 'pinyin',
  label_en: 'en',
  aliases_zh_hant: 'zh_hant_aliases',
  about_zh: 'about_zh',
  about_en: 'about_en',
  words_zh: 'words_zh',
  words_en: 'words_en',
  aliases_zh: 'zh_aliases',
  parents: 'parents',
  itself: 'itself',
  en_plural: 'en_plural',
  counter: 'counter',
};

/** Cells of Simplified Chinese that are searched by sound. */
const SEARCHED = ['zh', 'zh_aliases', 'words_zh'];

/**
 * A line a column: its heading, then a cell a class in the model's order, then one a category. So like stands
 * beside like, and gzip takes an eighth less than by rows. The last line has a cell a character (characters.mjs).
 *
 * @param labels the folder with imagenet1k.tsv, words.tsv, taxonomy.tsv and categories.tsv
 * @param folder where words.tsv is to lie
 * @returns its path
 */
export function writeWordTable(labels, folder) {
  const table = (name) => rowsOf(readFileSync(join(labels, name), 'utf8'));
  const named = [...table('imagenet1k.tsv'), ...table('taxonomy.tsv')];
  const names = new Map(named.map((row) => [row.id, row]));
  const said = [...table('words.tsv'), ...table('categories.tsv')];
  const rows = said.map((row) => {
    const { category, ...name } = names.get(row.id);
    return { parents: category, ...row, ...name };
  });
  const searched = rows.flatMap((row) =>
    SEARCHED.flatMap((column) => (row[column] ?? '').split('|')),
  );
  const lines = Object.entries(COLUMNS).map(([heading, column]) =>
    [heading, ...rows.map((row) => row[column] ?? '')].join('\t'),
  );
  lines.push(['characters', ...charactersOf(searched)].join('\t'));
  const path = join(folder, 'words.tsv');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

function rowsOf(text) {
  const [header, ...lines] = text.trimEnd().split('\n');
  const columns = header.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    return Object.fromEntries(columns.map((column, i) => [column, cells[i]]));
  });
}
