import { computed, signal } from '@preact/signals';
import { entries } from './album-state.js';
import { groupOf, groupsOf, labelsOf } from './groups.js';
import type { Search } from './search.js';
import { type Entry, nameOf } from './types.js';

/** Which photos are listed, and how. */

/** A drawer, or null for all of them. */
export const group = signal<string | null>(null);
/** A class within it, or null. */
export const label = signal<string | null>(null);
export const query = signal('');
export type Floor = 'all' | 'likely' | 'sure';
export const floor = signal<Floor>('all');
export type Sort = 'order' | 'score' | 'name';
export const sort = signal<Sort>('order');

/** A list that is not the album's own: photos like one, or those that are there twice. */
export type Special =
  | { readonly kind: 'similar'; readonly file: string; readonly keys: readonly string[] }
  | { readonly kind: 'duplicates'; readonly sets: readonly (readonly string[])[] };

export const special = signal<Special | null>(null);

/** The photo that is open, by key. */
export const open = signal<string | null>(null);

/** Comes with the first query. */
const search = signal<Search | null>(null);
let loading = false;

export function ask(words: string): void {
  query.value = words;
  if (words.trim() === '' || loading) return;
  loading = true;
  import('./search.js')
    .then(({ Search }) => Search.load())
    .then(
      (loaded) => {
        search.value = loaded;
      },
      () => {
        loading = false;
      },
    );
}

export function showAll(): void {
  group.value = null;
  label.value = null;
  query.value = '';
  floor.value = 'all';
  special.value = null;
}

export const groups = computed(() => groupsOf(entries.value));

/** Names within the drawer that is open. */
export const labels = computed(() => {
  const drawer = group.value;
  if (drawer === null) return [];
  return labelsOf(entries.value.filter((entry) => groupOf(entry) === drawer));
});

const FLOORS: Record<Floor, number> = { all: 0, likely: 0.4, sure: 0.65 };
const collator = new Intl.Collator('zh-CN');

/** What is listed, in order. */
export const shown = computed<readonly Entry[]>(() => {
  const list = special.value;
  return list ? specially(list) : filtered();
});

function specially(list: Special): readonly Entry[] {
  const byKey = new Map(entries.value.map((entry) => [entry.key, entry]));
  const keys = list.kind === 'similar' ? list.keys : list.sets.flat();
  return keys.flatMap((key) => byKey.get(key) ?? []);
}

function filtered(): readonly Entry[] {
  const least = FLOORS[floor.value];
  const list = entries.value.filter(
    (entry) =>
      (group.value === null || groupOf(entry) === group.value) &&
      (label.value === null || nameOf(entry)?.id === label.value) &&
      (least === 0 || scoreOf(entry) >= least),
  );
  if (query.value.trim() !== '') {
    // The list stays as it is until the search has come.
    return search.value ? search.value.find(query.value, sorted(list)) : list;
  }
  return sorted(list);
}

function sorted(list: Entry[]): Entry[] {
  if (sort.value === 'score') return list.sort((a, b) => scoreOf(b) - scoreOf(a));
  if (sort.value === 'name') {
    return list.sort((a, b) => collator.compare(nameOf(a)?.zh ?? '龥', nameOf(b)?.zh ?? '龥'));
  }
  return list;
}

function scoreOf(entry: Entry): number {
  return nameOf(entry)?.score ?? -1;
}
