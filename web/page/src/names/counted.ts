import { signal } from '@preact/signals';
import type { Description } from 'shiwu';
import { classifierForPhoto } from '../state/classifier.js';
import { language, written } from '../state/language.js';

interface Counted {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  readonly count: number;
}

const known = signal<ReadonlyMap<string, Description | null>>(new Map());
const asked = new Map<string, Promise<void>>();

/** 54 只狗, 54 dogs; until the words for it are there, and where there are none, 54 张狗 and 54 × dog. */
export function counted({ id, zh, en, count }: Counted): string {
  const said = known.value.get(id);
  if (said === undefined) void ask(id);
  const n = count.toLocaleString();
  if (language.value === 'zh') return `${n} ${said?.counter_zh || '张'}${written(zh)}`;
  if (count === 1) return `1 ${en}`;
  return said?.plural_en ? `${n} ${said.plural_en.toLowerCase()}` : `${n} × ${en}`;
}

/** Reads the words by which these are counted, where they can be had. */
export async function readCounters(ids: readonly string[]): Promise<void> {
  await Promise.all(ids.map(ask));
}

function ask(id: string): Promise<void> {
  const asking = asked.get(id) ?? read(id);
  asked.set(id, asking);
  return asking;
}

async function read(id: string): Promise<void> {
  try {
    const description = await (await classifierForPhoto()).describe(id);
    known.value = new Map(known.peek()).set(id, description);
  } catch {
    asked.delete(id);
  }
}
