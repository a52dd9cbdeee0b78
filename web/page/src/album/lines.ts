import type { Month } from './dates.js';

/** A line of the grid: photos beside each other, or the heading above those of a month. */
export type Line =
  | { readonly kind: 'photos'; readonly from: number; readonly to: number }
  | { readonly kind: 'month'; readonly month: Month };

/** Every month begins a line of its own. Null: there are none. */
export function linesOf(count: number, columns: number, months: readonly Month[] | null): Line[] {
  const lines: Line[] = [];
  let from = 0;
  for (const month of months ?? [null]) {
    const end = from + (month?.count ?? count);
    if (month) lines.push({ kind: 'month', month });
    for (; from < end; from += columns) {
      lines.push({ kind: 'photos', from, to: Math.min(from + columns, end) });
    }
    from = end;
  }
  return lines;
}

/** The line that a photo is in. */
export function lineOf(lines: readonly Line[], at: number): number {
  return lines.findIndex((line) => line.kind === 'photos' && line.from <= at && at < line.to);
}

/** The photo so many lines of photos further down, or up; the last of its line where that is shorter. */
export function photoBelow(lines: readonly Line[], at: number, by: number): number {
  const photos = lines.filter((line) => line.kind === 'photos');
  const mine = lineOf(photos, at);
  const column = at - (photos[mine]?.from ?? at);
  const line = photos[Math.max(0, Math.min(photos.length - 1, mine + by))];
  return line ? Math.min(line.from + column, line.to - 1) : at;
}
