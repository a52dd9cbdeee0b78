import { signal } from '@preact/signals';
import { offerUndo, type Removal, removal } from '../state/undo.js';
import type { Step } from './lessons.js';

/** How what was taught last can be taken back: what comes later voids it, for it may be about the same names. */

/** In the sheet. */
export const undoable = signal<{ readonly text: string; readonly step: Step } | null>(null);

/** At the foot of the page. */
let atFoot: Removal | null = null;

export function offerAtFoot(offered: Omit<Removal, 'lapse'>): void {
  atFoot = { ...offered, lapse: () => {} };
  offerUndo(atFoot);
}

let begun = 0;

/** Gives what offers them again, where nothing came of what was begun. */
export function voidOffers(): () => void {
  const mine = ++begun;
  const inSheet = undoable.value;
  const foot = removal.value === atFoot ? atFoot : null;
  undoable.value = null;
  if (foot) removal.value = null;
  return () => {
    if (mine !== begun) return; // something later was begun
    undoable.value ??= inSheet;
    removal.value ??= foot;
  };
}
