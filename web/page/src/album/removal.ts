import { newBatch } from '../kept/bin.js';
import { NotKept } from '../kept/database.js';
import { offerUndo } from '../state/undo.js';
import {
  barred,
  couldNotStore,
  entries,
  hide,
  letGo,
  openAlbum,
  show,
  tellOthers,
  theShelf,
  write,
} from './album-state.js';
import { endIntakes } from './intake.js';
import type { Entry } from './types.js';

/** Takes photos out of the album; for a while they can be brought back. */
export function remove(gone: readonly Entry[], text: string, onUndo?: () => void): void {
  const removing = new Removing();
  void removing.take(gone).then(() => removing.offer(text, onUndo));
}

/** The same for all photos that `which` is true of, with those that are just coming in; nothing more comes in. */
export function removeAll(
  which: (entry: Entry) => boolean,
  text: (count: number) => string,
  onUndo?: () => void,
): void {
  const removing = new Removing();
  const shown = entries.value.filter(which);
  endIntakes(async (intake) => {
    const shelf = theShelf();
    const late = shelf && intake !== null ? await shelf.addedBefore(intake) : [];
    await removing.take(late.filter(which));
    removing.offer(text(removing.count), onUndo);
  });
  void removing.take(shown);
}

/** Without a way back. Throws `NotKept` where the album cannot be opened. */
export async function eraseAlbum(): Promise<void> {
  await openAlbum();
  endIntakes(async () => {});
  const keys = entries.value.map(({ key }) => key);
  hide(new Set(keys));
  letGo(keys);
  const shelf = theShelf();
  if (!shelf) throw new NotKept(barred.value ?? 'denied');
  await shelf.erase();
  tellOthers(null);
}

class Removing {
  readonly #batch = newBatch();
  readonly #gone: Entry[] = [];

  get count(): number {
    return this.#gone.length;
  }

  get #keys(): string[] {
    return this.#gone.map(({ key }) => key);
  }

  async take(gone: readonly Entry[]): Promise<void> {
    if (gone.length === 0) return;
    this.#gone.push(...gone);
    const keys = gone.map(({ key }) => key);
    await write(
      keys,
      (shelf) => shelf.remove(keys, this.#batch),
      () => hide(new Set(keys)),
    );
  }

  offer(text: string, onUndo?: () => void): void {
    offerUndo({
      text,
      undo: () => {
        const keys = this.#keys;
        void write(
          keys,
          (shelf) => shelf.restore(keys),
          () => show(this.#gone),
        ).then(onUndo);
      },
      lapse: () => {
        letGo(this.#keys);
        void theShelf()?.forget(this.#batch).catch(couldNotStore);
      },
    });
  }
}
