import { signal } from '@preact/signals';

/** Sheets that explain: where photos go, what the model is, which keys do what. */
export type Explanation = 'trust' | 'card' | 'keys';

export const explaining = signal<Explanation | null>(null);

export function openSheet(which: Explanation): void {
  explaining.value = which;
}

export function closeSheet(): void {
  explaining.value = null;
}
