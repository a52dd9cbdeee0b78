import type { Category } from 'shiwu';
import { type Entry, isLikely, nameOf } from './types.js';

/** A drawer of the album: a category, or where photos go that have none. */
export interface Group {
  /** Category id, or one of OTHER, UNSURE, FAILED, WAITING. */
  readonly id: string;
  /** Names of a category; undefined for the four others, which the page names. */
  readonly zh?: string;
  readonly en?: string;
  readonly count: number;
}

export const OTHER = '-other';
export const UNSURE = '-unsure';
export const FAILED = '-failed';
export const WAITING = '-waiting';

/** The drawers that come after the categories, in this order. */
const LAST = [OTHER, UNSURE, FAILED, WAITING];

/** In which drawer a photo lies. */
export function groupOf(entry: Entry): string {
  if (entry.state === 'waiting') return WAITING;
  if (entry.state === 'failed') return entry.corrected ? categoryOf(entry) : FAILED;
  return isLikely(entry) ? categoryOf(entry) : UNSURE;
}

function categoryOf(entry: Entry): string {
  return drawerOf(entry)?.id ?? OTHER;
}

/** 器物 would hold half of an album: what is below it has drawers of its own. */
export function drawerOf(entry: Entry): Category | undefined {
  const [top, below] = nameOf(entry)?.categories ?? [];
  return top?.id === 'object' ? (below ?? top) : top;
}

/** The drawers with something in them, the fullest first. */
export function groupsOf(entries: readonly Entry[]): Group[] {
  const found = new Map<string, { zh?: string; en?: string; count: number }>();
  for (const entry of entries) {
    const id = groupOf(entry);
    const group = found.get(id) ?? { ...namesOf(entry, id), count: 0 };
    group.count++;
    found.set(id, group);
  }
  const place = (id: string) => LAST.indexOf(id);
  return [...found]
    .map(([id, group]) => ({ id, ...group }))
    .sort((a, b) => place(a.id) - place(b.id) || b.count - a.count);
}

function namesOf(entry: Entry, id: string): { zh?: string; en?: string } {
  const category = drawerOf(entry);
  return category?.id === id ? { zh: category.zh, en: category.en } : {};
}

/** The names within a drawer, the most frequent first. */
export function labelsOf(entries: readonly Entry[]): Group[] {
  const found = new Map<string, { zh: string; en: string; count: number }>();
  for (const entry of entries) {
    const name = nameOf(entry);
    if (!name) continue;
    const label = found.get(name.id) ?? { zh: name.zh, en: name.en, count: 0 };
    label.count++;
    found.set(name.id, label);
  }
  return [...found].map(([id, label]) => ({ id, ...label })).sort((a, b) => b.count - a.count);
}
