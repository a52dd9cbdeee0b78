import { signal } from '@preact/signals';
import type { Classifier } from 'shiwu';
import { ownWord } from '../names/find.js';
import { classifierForPhoto } from '../state/classifier.js';
import { toFailure } from '../state/failure.js';
import { inScript, language, written } from '../state/language.js';
import { notice } from '../state/specimen.js';
import { allVectors, entries, originalOf } from './album-state.js';
import { duplicates, similarTo, spare } from './alike.js';
import type { Script } from './export/script.js';
import { remove, removeAll } from './removal.js';
import { pause, phase } from './run.js';
import { selectedEntries } from './selection.js';
import type { Entry, Guess } from './types.js';
import { open, showAll, shown, special } from './view-state.js';
import { words } from './words.js';

/** What the album's buttons do. */

/** Whether photos are being compared. */
export const comparing = signal(false);

export async function showSimilar(entry: Entry): Promise<void> {
  const near = await compare((by, vectors) =>
    vectors.has(entry.key) ? similarTo(by, entry.key, vectors) : null,
  );
  if (near === undefined) return;
  if (!near?.length) {
    notice.value = near ? words.value.noneSimilar : words.value.noVectors;
    return;
  }
  const keys = [entry.key, ...near.map(({ key }) => key)];
  open.value = null;
  special.value = { kind: 'similar', file: entry.path, keys };
}

export async function showDuplicates(): Promise<void> {
  const sets = await compare((by, vectors) => duplicates(by, entries.value, vectors));
  if (!sets) return;
  if (sets.length === 0) {
    notice.value = words.value.noDuplicates;
    return;
  }
  special.value = { kind: 'duplicates', sets: sets.map((set) => set.map(({ key }) => key)) };
}

/** Undefined where there is no model to compare by, which the visitor is told. */
async function compare<T>(
  work: (by: Classifier, vectors: Awaited<ReturnType<typeof allVectors>>) => Promise<T> | T,
): Promise<T | undefined> {
  comparing.value = true;
  try {
    return await work(await classifierForPhoto(), await allVectors());
  } catch (error) {
    notice.value = toFailure(error)[language.value];
    return undefined;
  } finally {
    comparing.value = false;
  }
}

/** The name given by hand: one of the guesses where it is that, else words of the visitor's own. */
export function guessCalled(text: string, entry: Entry): Guess | null {
  const name = text.trim();
  if (name === '') return null;
  const known = [...entry.guesses, ...entries.value.flatMap(({ guesses }) => guesses)].find(
    ({ zh, en, aliases }) => zh === name || en === name || aliases.includes(name),
  );
  return { ...(known ?? ownWord(name)), score: 1 };
}

/** Of every set of duplicates the one that says most stays. */
export function keepOneEach(sets: readonly (readonly string[])[]): void {
  const gone = spare(sets, entries.value);
  special.value = null;
  remove(gone, words.value.keptOne(gone.length));
}

export function takeOut(entry: Entry): void {
  remove([entry], words.value.removed(entry.path));
}

/** Ends the run: what has no name yet leaves the album, and nothing more comes in. */
export function removeWaiting(): void {
  pause();
  phase.value = 'still';
  removeAll(({ state }) => state === 'waiting', words.value.waitingRemoved, letGoOn);
}

/** Photos still coming in stay out as well. */
export function clearAll(): void {
  const isRunning = phase.value !== 'still';
  pause();
  phase.value = 'still';
  showAll();
  removeAll(() => true, words.value.cleared, isRunning ? letGoOn : undefined);
}

/** What was brought back waits to be told, unless there is a run by now. */
function letGoOn(): void {
  if (phase.value === 'still') phase.value = 'paused';
}

/** How far the ZIP has come; null when none is being made. */
export const packing = signal<{ done: number; total: number; stop: () => void } | null>(null);

export type Format = 'csv' | 'json' | 'zip';

/** What an export takes: the photos that are chosen, else what is listed. */
export function toExport(): readonly Entry[] {
  const chosen = selectedEntries();
  return chosen.length > 0 ? chosen : shown.value;
}

export async function exportAs(format: Format): Promise<void> {
  const list = toExport();
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

/** In the language and characters that the page is set to. */
function scriptOfPage(): Script {
  return { language: language.value, text: inScript, name: written };
}

async function contentOf(
  format: Format,
  list: readonly Entry[],
  stop: AbortController,
): Promise<Blob> {
  const script = scriptOfPage();
  if (format === 'zip') {
    const { zipOf } = await import('./export/zip.js');
    const onFile = (done: number) => {
      packing.value = { done, total: list.length, stop: () => stop.abort() };
    };
    onFile(0);
    return zipOf(list, originalOf, onFile, stop.signal, script).blob();
  }
  const { rowOf } = await import('./export/rows.js');
  const rows = list.map((entry) => rowOf(entry, script));
  if (format === 'json') {
    const { jsonOf } = await import('./export/json.js');
    return new Blob([jsonOf(rows)], { type: 'application/json' });
  }
  const { csvOf } = await import('./export/csv.js');
  return new Blob([csvOf(rows, script)], { type: 'text/csv;charset=utf-8' });
}

/** 2026-11-26, of the visitor's own clock. */
function today(): string {
  return new Intl.DateTimeFormat('sv-SE').format(new Date());
}

/** The name of a class in the language in use. */
export function calls(names: { readonly zh: string; readonly en: string }): string {
  return language.value === 'zh' ? written(names.zh) : names.en;
}
