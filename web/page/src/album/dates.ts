import type { Entry } from './types.js';

/** When a photo was made, as far as anything says. */
export interface Moment {
  /** Milliseconds since 1970, as if the camera's clock had been this device's. */
  readonly at: number;
  /** Whether the camera says so; else it is the date of the file. */
  readonly byCamera: boolean;
}

/** Files without a date of their own are said to be of 1970, or of 1980 when they come out of a ZIP. */
const EARLIEST = Date.UTC(1980, 0, 3);

/** Null where nothing is known. Wherever a photo was taken, noon there is noon: the offset to UTC is left aside. */
export function momentOf({ taken, modified }: Entry): Moment | null {
  const byCamera = taken ? Date.parse(taken.slice(0, '2024-05-17T12:34:56'.length)) : Number.NaN;
  if (Number.isFinite(byCamera)) return { at: byCamera, byCamera: true };
  return modified > EARLIEST ? { at: modified, byCamera: false } : null;
}

/** The newest first; what has no date comes last. */
export function byTime(list: readonly Entry[]): Entry[] {
  const at = new Map(list.map((entry) => [entry, momentOf(entry)?.at ?? Number.NEGATIVE_INFINITY]));
  return [...list].sort((a, b) => {
    const [one = 0, other = 0] = [at.get(a), at.get(b)];
    return one === other ? 0 : other > one ? 1 : -1;
  });
}

/** Photos of one month, next to each other in a list. */
export interface Month {
  /** Any moment of it; null: without a date. */
  readonly at: number | null;
  readonly count: number;
  /** How many of them lie here by the date of their file: no camera said when. */
  readonly byFile: number;
}

/** The months of a list that is sorted by time. */
export function monthsOf(list: readonly Entry[]): Month[] {
  const months: { at: number | null; count: number; byFile: number }[] = [];
  let last: string | undefined;
  for (const entry of list) {
    const moment = momentOf(entry);
    const at = moment?.at ?? null;
    const byFile = moment && !moment.byCamera ? 1 : 0;
    const date = at === null ? null : new Date(at);
    const name = date ? `${date.getFullYear()} ${date.getMonth()}` : '';
    const month = months.at(-1);
    if (month && name === last) {
      month.count++;
      month.byFile += byFile;
    } else months.push({ at, count: 1, byFile });
    last = name;
  }
  return months;
}
