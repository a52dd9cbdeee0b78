import { signal } from '@preact/signals';

const fetched = signal<typeof import('./about.js') | null>(null);

/** What is to be said of an answer beyond its name; null until it is there. The first answer has it fetched. */
export function beyondNames() {
  if (!fetched.value) {
    import('./about.js').then(
      (room) => {
        fetched.value = room;
      },
      () => {
        // The next answer tries again.
      },
    );
  }
  return fetched.value;
}
