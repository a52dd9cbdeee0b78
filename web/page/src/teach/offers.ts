import { signal } from '@preact/signals';
import { letLapse, offerUndo, type Removal, removal } from '../state/undo.js';
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

export function voidOffers(): void {
  undoable.value = null;
  if (removal.value === atFoot) letLapse();
}
