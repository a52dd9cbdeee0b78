import type { Row } from './rows.js';

/** An array with a `Row` for each photo, indented. */
export function jsonOf(rows: readonly Row[]): string {
  return `${JSON.stringify(rows, null, 2)}\n`;
}
