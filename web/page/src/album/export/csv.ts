import { stringify } from 'csv-stringify/browser/esm/sync';
import type { Row } from './rows.js';
import { AS_IT_IS } from './script.js';

const HEADINGS = {
  zh: ['文件', '名称', '英文', '类别', '把握', '手工更正', '宽', '高', '问题'],
  en: [
    'File',
    'Name',
    'Chinese',
    'Categories',
    'Certainty',
    'By hand',
    'Width',
    'Height',
    'Problem',
  ],
} as const;

/**
 * A table that Excel opens by a double click: UTF-8 with a byte order mark, CRLF between the lines, and
 * no cell that a spreadsheet would run as a formula. The headings and the categories are in the visitor's language.
 */
export function csvOf(rows: readonly Row[], script = AS_IT_IS): string {
  const inEnglish = script.language === 'en';
  const lines = rows.map((row) => [
    row.file,
    ...(inEnglish ? [row.en, row.zh] : [row.zh, row.en]),
    (inEnglish ? row.categories_en : row.categories).join(' › '),
    row.score ?? '',
    row.corrected ? (inEnglish ? 'yes' : script.text('是')) : '',
    row.width ?? '',
    row.height ?? '',
    row.error,
  ]);
  return stringify([HEADINGS[script.language].map(script.text), ...lines], {
    bom: true,
    record_delimiter: 'windows',
    escape_formulas: true,
    quoted_match: /[\r\n]/, // by RFC 4180, LF alone too
  });
}
