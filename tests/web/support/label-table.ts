import { expect } from 'vitest';
import { read } from './core.js';

/** The rows of a table in models/labels, by the names of its columns; its form is checked on the way. */
export async function labelTable(name: string): Promise<Record<string, string>[]> {
  // fatal: bytes that are not UTF-8 throw instead of becoming U+FFFD.
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
    await read(`models/labels/${name}`),
  );
  expect(text.startsWith('\uFEFF'), 'no byte order mark').toBe(false);
  expect(text.includes('\r'), 'LF line ends').toBe(false);
  expect(text.endsWith('\n')).toBe(true);
  const [header = '', ...lines] = text.slice(0, -1).split('\n');
  const columns = header.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    expect(cells.length, line).toBe(columns.length);
    expect(cells.map((cell) => cell.trim())).toEqual(cells);
    return Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? '']));
  });
}
