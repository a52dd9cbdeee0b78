import { signal } from '@preact/signals';

/** Something that was removed, and can be brought back for a while. */
export interface Removal {
  /** What has been done, as 已移出 3 张。 */
  readonly text: string;
  readonly undo: () => void;
  /** It will not be brought back any more: it leaves the disk. */
  readonly lapse: () => void;
}

/** The last removal, as long as it can be undone. */
export const removal = signal<Removal | null>(null);

export function offerUndo(offered: Removal): void {
  letLapse();
  removal.value = offered;
}

export function undoRemoval(): void {
  const { value } = removal;
  removal.value = null;
  value?.undo();
}

export function letLapse(): void {
  const { value } = removal;
  removal.value = null;
  value?.lapse();
}

/** What goes with the page cannot be undone any more, unless the page may be shown again. */
export function lapseWithPage(page: Window): void {
  page.addEventListener('pagehide', ({ persisted }) => {
    if (!persisted) letLapse();
  });
}
