export const MOST_KEPT: number;
export function grown(rows: readonly Record<string, number>[]): string[];
export function print(title: string, rows: readonly Record<string, number>[]): void;
