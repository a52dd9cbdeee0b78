import { signal } from '@preact/signals';
import { language, written } from '../state/language.js';
import { notice } from '../state/specimen.js';
import { allVectors, clear, entries, originalOf, remove } from './album-state.js';
import { duplicates, similarTo } from './alike.js';
import { pause, phase } from './run.js';
import type { Entry, Guess } from './types.js';
import { open, showAll, shown, special } from './view-state.js';
import { words } from './words.js';

/** What the album's buttons do. */

/** Whether photos are being compared. */
export const comparing = signal(false);

export async function showSimilar(entry: Entry): Promise<void> {
  comparing.value = true;
  const near = await similarTo(entry.key, await allVectors());
  comparing.value = false;
  if (near.length === 0) {
    notice.value = words.value.noVectors;
    return;
  }
  const keys = [entry.key, ...near.map(({ key }) => key)];
  open.value = null;
  special.value = { kind: 'similar', file: entry.path, keys };
}

export async function showDuplicates(): Promise<void> {
  comparing.value = true;
  const sets = await duplicates(entries.value, await allVectors());
  comparing.value = false;
  if (sets.length === 0) {
    notice.value = words.value.noDuplicates;
    return;
  }
  special.value = { kind: 'duplicates', sets: sets.map((set) => set.map(({ key }) => key)) };
}

/** The name given by hand: one of the guesses where it is that, else words of the visitor's own. */
export function guessCalled(text: string, entry: Entry): Guess | null {
  const name = text.trim();
  if (name === '') return null;
  const known = [...entry.guesses, ...entries.value.flatMap(({ guesses }) => guesses)].find(
    ({ zh, en, aliases }) => zh === name || en === name || aliases.includes(name),
  );
  const own = { id: `own:${name}`, zh: name, en: name, aliases: [], categories: [] };
  return { ...(known ?? own), score: 1 };
}

export function takeOut(entry: Entry): void {
  remove([entry.key]);
  notice.value = words.value.removed(entry.path);
}

/** Ends the run: what has no name yet leaves the album. */
export function leaveTheRest(): void {
  pause();
  phase.value = 'still';
  const rest = entries.value.filter(({ state }) => state === 'waiting');
  remove(rest.map(({ key }) => key));
  notice.value = words.value.cancelled(rest.length);
}

export function clearAll(): Promise<void> {
  pause();
  phase.value = 'still';
  showAll();
  return clear();
}

/** How far the ZIP has come; null when none is being made. */
export const packing = signal<{ done: number; total: number; stop: () => void } | null>(null);

export type Format = 'csv' | 'json' | 'zip';

/** Saves what is listed now. */
export async function exportShown(format: Format): Promise<void> {
  const list = shown.value;
  const name = `${words.value.fileName}-${today()}.${format}`;
  const stop = new AbortController();
  try {
    const [content, { save }] = await Promise.all([
      contentOf(format, list, stop),
      import('../input/save.js'),
    ]);
    save(content, name);
    notice.value = words.value.exported(name);
  } catch {
    if (!stop.signal.aborted) notice.value = words.value.exportFailed;
  } finally {
    packing.value = null;
  }
}

async function contentOf(
  format: Format,
  list: readonly Entry[],
  stop: AbortController,
): Promise<Blob> {
  if (format === 'zip') {
    const { zipOf } = await import('./export/zip.js');
    const onFile = (done: number) => {
      packing.value = { done, total: list.length, stop: () => stop.abort() };
    };
    onFile(0);
    return zipOf(list, originalOf, onFile, stop.signal).blob();
  }
  const { rowOf } = await import('./export/rows.js');
  const rows = list.map(rowOf);
  if (format === 'json') {
    const { jsonOf } = await import('./export/json.js');
    return new Blob([jsonOf(rows)], { type: 'application/json' });
  }
  const { csvOf } = await import('./export/csv.js');
  return new Blob([csvOf(rows)], { type: 'text/csv;charset=utf-8' });
}

/** 2026-11-26, of the visitor's own clock. */
function today(): string {
  return new Intl.DateTimeFormat('sv-SE').format(new Date());
}

/** The name of a class in the language in use. */
export function calls(names: { readonly zh: string; readonly en: string }): string {
  return language.value === 'zh' ? written(names.zh) : names.en;
}
