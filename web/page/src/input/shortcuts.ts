import { copyAnswer, saveAnswer } from '../photo/actions.js';
import { choosing } from '../photo/region.js';
import { place } from '../state/place.js';
import { redo, specimen, undo } from '../state/specimen.js';
import { removal, undoRemoval } from '../state/undo.js';
import { openSheet } from '../trust/sheets.js';

/** Single keys of the photo's room; the sheet that `?` opens lists them. */
const KEYS: Record<string, () => void> = {
  o: () => document.querySelector<HTMLButtonElement>('[data-testid="pick"]')?.click(),
  r: () => {
    if (specimen.value.kind === 'done') choosing.value = true;
  },
  c: () => void copyAnswer(),
  s: () => void saveAnswer(),
  '?': () => openSheet('keys'),
};

export function listenForKeys(target: Window): void {
  target.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || isBusy(event.target)) return;
    const act = place.value === 'photo' ? actionOf(event) : undoOf(event);
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function actionOf(event: KeyboardEvent): (() => void) | undefined {
  const key = event.key.toLowerCase();
  if (event.altKey || event.repeat) return undefined;
  if (event.ctrlKey || event.metaKey) {
    if (key === 'z') return event.shiftKey ? redo : undo;
    return key === 'y' ? redo : undefined;
  }
  return event.shiftKey && key !== '?' ? undefined : KEYS[key];
}

/** In the other rooms, what was removed can be brought back. */
function undoOf({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent) {
  const isUndo = (ctrlKey || metaKey) && !altKey && !shiftKey && key.toLowerCase() === 'z';
  return isUndo && removal.value ? undoRemoval : undefined;
}

/** Someone is writing, or a sheet lies over the page. */
function isBusy(target: EventTarget | null): boolean {
  if (document.querySelector('dialog[open]')) return true;
  return target instanceof Element && target.closest('input, select, textarea') !== null;
}
