import { newBatch } from '../kept/bin.js';
import { notice } from '../state/specimen.js';
import { offerUndo } from '../state/undo.js';
import { forget, forgetForGood, type Memory, memories, restore } from './store.js';
import { words } from './words.js';

/** Takes memories away, and says how they come back. */
export function remove(gone: readonly Memory[]): void {
  const ids = gone.map(({ id }) => id);
  const batch = newBatch();
  const failed = () => {
    notice.value = words.value.notStored;
  };
  const forgotten = forget(ids, batch).catch(failed);
  offerUndo({
    text: words.value.removed(ids.length),
    undo: () => void restore(ids).catch(failed),
    lapse: () => void forgotten.then(() => forgetForGood(batch)).catch(failed),
  });
}

export function removeAll(): void {
  remove(memories.value ?? []);
}
