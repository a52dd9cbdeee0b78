import { computed, signal } from '@preact/signals';
import { findNames } from '../names/find.js';
import { entries } from './album-state.js';
import { byTime, type Month, monthsOf } from './dates.js';
import { everydayOf, tilesOf } from './everyday.js';
import { groupOf, groupsOf, labelsOf } from './groups.js';
import type { Asked } from './search.js';
import { type Entry, nameOf } from './types.js';

/** Which photos are listed, and how. */

/** A drawer, or null for all of them. */
export const group = signal<string | null>(null);
/** An everyday category within it, or null. */
export const tile = signal<string | null>(null);
/** A class within those, or null. */
export const label = signal<string | null>(null);
export const query = signal('');
export type Floor = 'all' | 'likely' | 'sure';
export const floor = signal<Floor>('all');
export type Sort = 'order' | 'time' | 'score' | 'name';
export const sort = signal<Sort>('order');

/** A list that is not the album's own: photos like one, or those that are there twice. */
export type Special =
  | { readonly kind: 'similar'; readonly file: string; readonly keys: readonly string[] }
  | { readonly kind: 'duplicates'; readonly sets: readonly (readonly string[])[] };

export const special = signal<Special | null>(null);

/** The photo that is open, by key. */
export const open = signal<string | null>(null);

type Searching = typeof import('./search.js');
type Sounds = Parameters<Searching['findPhotos']>[2];

/** The last query that was looked up; it comes with the code of the search. */
const answered = signal<(Asked & { readonly search: Searching; readonly sounds: Sounds }) | null>(
  null,
);

export function ask(words: string): void {
  query.value = words;
  if (words.trim() !== '') void lookUp(words);
}

async function lookUp(text: string): Promise<void> {
  try {
    const [search, names] = await Promise.all([import('./search.js'), findNames(text)]);
    const sounds = names && !search.hasOwnNames(entries.peek()) ? null : await soundsOfNames();
    if (query.peek() === text) answered.value = { text, names, search, sounds };
  } catch {
    // Without a network the code may not come; the next letter tries again.
  }
}

/** Reads names by their sounds that the library's table does not know. */
async function soundsOfNames(): Promise<Sounds> {
  return (await import('pinyin-pro')).match;
}

export function showAll(): void {
  answered.value = null;
  group.value = null;
  tile.value = null;
  label.value = null;
  query.value = '';
  floor.value = 'all';
  special.value = null;
}

export const groups = computed(() => groupsOf(entries.value));

const inDrawer = computed(() => {
  const drawer = group.value;
  return drawer === null
    ? entries.value
    : entries.value.filter((entry) => groupOf(entry) === drawer);
});

/** The everyday categories of the drawer that is open. */
export const tiles = computed(() => tilesOf(inDrawer.value));

/** Names within the drawer or the tile that is open. */
export const labels = computed(() => {
  if (group.value === null && tile.value === null) return [];
  return labelsOf(inDrawer.value.filter(isInTile));
});

function isInTile(entry: Entry): boolean {
  return tile.value === null || everydayOf(entry)?.id === tile.value;
}

const FLOORS: Record<Floor, number> = { all: 0, likely: 0.4, sure: 0.65 };
const collator = new Intl.Collator('zh-CN');

/** What is listed, in order. */
export const shown = computed<readonly Entry[]>(() => {
  const list = special.value;
  return list ? specially(list) : filtered();
});

/** The months of what is listed, where it is listed by time; null where it is not. */
export const months = computed<readonly Month[] | null>(() => {
  const isByTime = sort.value === 'time' && !special.value && query.value.trim() === '';
  return isByTime ? monthsOf(shown.value) : null;
});

function specially(list: Special): readonly Entry[] {
  const byKey = new Map(entries.value.map((entry) => [entry.key, entry]));
  const keys = list.kind === 'similar' ? list.keys : list.sets.flat();
  return keys.flatMap((key) => byKey.get(key) ?? []);
}

function filtered(): readonly Entry[] {
  const least = FLOORS[floor.value];
  const list = inDrawer.value.filter(
    (entry) =>
      isInTile(entry) &&
      (label.value === null || nameOf(entry)?.id === label.value) &&
      (least === 0 || scoreOf(entry) >= least),
  );
  if (query.value.trim() !== '') {
    // The list stays as it is until the answer has come.
    const asked = answered.value;
    return asked ? asked.search.findPhotos(asked, sorted(list), asked.sounds) : list;
  }
  return sorted(list);
}

function sorted(list: Entry[]): Entry[] {
  if (sort.value === 'time') return byTime(list);
  if (sort.value === 'score') return list.sort((a, b) => scoreOf(b) - scoreOf(a));
  if (sort.value === 'name') {
    return list.sort((a, b) => collator.compare(nameOf(a)?.zh ?? '龥', nameOf(b)?.zh ?? '龥'));
  }
  return list;
}

function scoreOf(entry: Entry): number {
  return nameOf(entry)?.score ?? -1;
}
