import { locale } from '../copy/index.js';
import type { Memory } from './store.js';
import { words } from './words.js';

/** Memories by the day on which they were made, in their order. */
export function byDay(all: readonly Memory[]): { day: string; those: Memory[] }[] {
  const days: { day: string; those: Memory[] }[] = [];
  for (const memory of all) {
    const day = dayOf(memory.at);
    const last = days.at(-1);
    if (last?.day === day) last.those.push(memory);
    else days.push({ day, those: [memory] });
  }
  return days;
}

function dayOf(at: number): string {
  const { today, yesterday } = words.value;
  const start = new Date();
  start.setHours(0, 0, 0, 0);
  if (at >= start.getTime()) return today;
  start.setDate(start.getDate() - 1);
  if (at >= start.getTime()) return yesterday;
  const date = new Date(at);
  const thisYear = date.getFullYear() === start.getFullYear();
  return date.toLocaleDateString(locale.value, {
    ...(!thisYear && { year: 'numeric' }),
    month: 'long',
    day: 'numeric',
  });
}
