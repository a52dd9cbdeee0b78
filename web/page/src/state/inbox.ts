import { signal } from '@preact/signals';

/** A file on its way into the album. */
export interface Found {
  readonly file: File;
  /** Folders and name, as `旅行/第一天/IMG_1.jpg`; the name alone where there was no folder. */
  readonly path: string;
}

/** What was handed over for the album and not yet taken in: its room empties this. */
export const inbox = signal<readonly Found[]>([]);

export function putInInbox(found: readonly Found[]): void {
  inbox.value = [...inbox.value, ...found];
}
