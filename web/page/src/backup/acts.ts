import { signal } from '@preact/signals';
import { openAlbum } from '../album/album-state.js';
import { isFull } from '../kept/bytes.js';
import { NotKept } from '../kept/database.js';
import { keepForGood } from '../kept/persist.js';
import { ALL_KEPT, inTurn } from '../kept/turn.js';
import { type Failure, toFailure } from '../state/failure.js';
import { letLapse, offerUndo } from '../state/undo.js';
import { Refused } from './format.js';
import { type Restored, summary, words } from './words.js';

/** What the two buttons do. */

/** What is under way. */
export interface Task {
  readonly kind: 'saving' | 'checking' | 'restoring';
  /** Bytes. */
  readonly done: number;
  /** Null where it is not known beforehand. */
  readonly all: number | null;
  /** Null once what has begun is carried through. */
  readonly stop: (() => void) | null;
}

export const task = signal<Task | null>(null);

/** What has become of the last one: said anew when the language changes. */
export type Outcome =
  | { readonly kind: 'saved'; readonly name: string }
  | { readonly kind: 'restored'; readonly what: Restored }
  | { readonly kind: 'undone' | 'unsaved' }
  | { readonly kind: 'refused'; readonly failure: Failure };

export const outcome = signal<Outcome | null>(null);

/** Everything that a person made here, as one file. */
export async function saveAll(): Promise<void> {
  const name = `${words.peek().fileName}-${today()}.zip`;
  await work('saving', null, async (onBytes, signal) => {
    const sink = await chooseSink(name);
    if (sink === 'nowhere') return null;
    const [{ writeBackup }, { settingsForFile }] = await Promise.all([
      import('./write.js'),
      import('./merge/settings.js'),
    ]);
    const file = writeBackup(settingsForFile(), onBytes, signal);
    if (sink) {
      await file.body?.pipeTo(await sink.createWritable(), { signal });
      return { kind: 'saved', name: sink.name };
    }
    const [content, { save }] = await Promise.all([file.blob(), import('../input/save.js')]);
    save(content, name);
    return { kind: 'saved', name };
  });
}

/** Where the browser lets one choose a place, the file is written there as it is made: no album lies in memory. */
interface Picker {
  showSaveFilePicker?: (options: {
    readonly suggestedName: string;
    readonly types: readonly { readonly accept: Readonly<Record<string, readonly string[]>> }[];
  }) => Promise<FileSystemFileHandle>;
}

/** Null: it becomes a download. */
async function chooseSink(suggestedName: string): Promise<FileSystemFileHandle | 'nowhere' | null> {
  const { showSaveFilePicker: pick } = window as Picker;
  if (!pick) return null;
  try {
    const types = [{ accept: { 'application/zip': ['.zip'] } }];
    return await pick.call(window, { suggestedName, types });
  } catch (error) {
    // Whoever closes the dialog wants no file; where none may open, as in a frame, it becomes a download.
    return error instanceof DOMException && error.name === 'AbortError' ? 'nowhere' : null;
  }
}

/** Takes such a file back, beside what is here. Nothing is changed before all of it has been checked. */
export async function restore(file: File): Promise<void> {
  await work('checking', file.size, async (onBytes, signal) => {
    const { readBackup } = await import('./read.js');
    const backup = await readBackup(file, onBytes, signal);
    await openAlbum();
    const { quota = 0, usage = 0 } =
      (await navigator.storage?.estimate?.().catch(() => null)) ?? {};
    if (quota > 0 && backup.bytes > quota - usage) throw new Refused('room');
    // An earlier removal is settled first: what it took away may come back now.
    letLapse();
    let done = 0;
    const onStored = (bytes: number) => {
      done += bytes;
      task.value = { kind: 'restoring', done, all: backup.bytes, stop: null };
    };
    onStored(0);
    const { merge } = await import('./merge/merge.js');
    let what: Restored | undefined;
    await inTurn(
      ALL_KEPT,
      signal,
      () => {},
      async () => {
        const merged = await merge(backup, onStored);
        what = merged.what;
        keepForGood();
        if (!merged.anything) return;
        offerUndo({
          text: summary(merged.what),
          undo: () => void merged.undo().then(() => say({ kind: 'undone' }), fail),
          lapse: () => {},
        });
      },
    );
    return what ? { kind: 'restored', what } : null;
  });
}

/** One at a time; what goes wrong is said. `act` gives null where there is nothing to say. */
async function work(
  kind: Task['kind'],
  all: number | null,
  act: (onBytes: (done: number) => void, signal: AbortSignal) => Promise<Outcome | null>,
): Promise<void> {
  if (task.value) return;
  const stop = new AbortController();
  const onBytes = (done: number) => {
    task.value = { kind, done, all, stop: () => stop.abort() };
  };
  onBytes(0);
  outcome.value = null;
  try {
    outcome.value = await act(onBytes, stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) fail(error, kind);
  } finally {
    task.value = null;
  }
}

const say = (what: Outcome) => {
  outcome.value = what;
};

function fail(error: unknown, kind: Task['kind'] = 'restoring'): void {
  if (error instanceof NotKept) say({ kind: 'refused', failure: toFailure(new Refused('barred')) });
  else if (isFull(error)) say({ kind: 'refused', failure: toFailure(new Refused('room')) });
  else if (kind === 'saving') say({ kind: 'unsaved' });
  else say({ kind: 'refused', failure: toFailure(error) });
}

/** 2026-11-29, of the visitor's own clock. */
const today = () => new Intl.DateTimeFormat('sv-SE').format(new Date());
