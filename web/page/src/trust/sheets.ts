import { signal } from '@preact/signals';

/** Sheets that explain: where photos go, and what the model is. */
export type Explanation = 'trust' | 'card';

export const explaining = signal<Explanation | null>(null);

export function openSheet(which: Explanation): void {
  explaining.value = which;
}

export function closeSheet(): void {
  explaining.value = null;
}
