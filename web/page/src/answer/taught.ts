import type { Category } from 'shiwu';

/** What begins the id of everything that was taught. */
const TAUGHT = 'taught:';

/** Where a thing that was taught belongs, on the label and in the album: it stands in no taxonomy. */
const DRAWER: Category = { id: 'taught', zh: '你教的', en: 'taught by you', itself: false };

export function isTaught(id: string | null): boolean {
  return id?.startsWith(TAUGHT) ?? false;
}

/** The categories of a class; of what was taught, that it was. */
export function drawersOf(id: string | null, categories: readonly Category[]): readonly Category[] {
  return isTaught(id) ? [DRAWER] : categories;
}
