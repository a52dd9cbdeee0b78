import { stringify } from 'csv-stringify/browser/esm/sync';
import type { Row } from './rows.js';

const COLUMNS = ['文件', '名称', '英文', '类别', '把握', '手工更正', '宽', '高', '问题'] as const;

/**
 * A table that Excel opens by a double click: UTF-8 with a byte order mark, CRLF between the lines, and
 * no cell that a spreadsheet would run as a formula.
 */
export function csvOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => [
    row.file,
    row.zh,
    row.en,
    row.categories.join(' › '),
    row.score ?? '',
    row.corrected ? '是' : '',
    row.width ?? '',
    row.height ?? '',
    row.error,
  ]);
  return stringify([[...COLUMNS], ...lines], {
    bom: true,
    record_delimiter: 'windows',
    escape_formulas: true,
    quoted_match: /[\r\n]/, // by RFC 4180, LF alone too
  });
}
