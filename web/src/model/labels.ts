/** A caller's labels as the table that the core reads (wasm/include/shiwu/labels.h). */
import { ShiwuError } from '../errors.js';
import type { LabelInit } from '../types.js';

/** From this score on a tagger answers a label that states no threshold. */
const TAG_THRESHOLD = 0.5;

/**
 * Throws `invalid-labels` with the place of the label that is wrong: names and ids must be filled,
 * unique and free of tabs and line breaks.
 */
export function labelTable(
  labels: readonly (string | LabelInit)[],
  task: 'single-label' | 'multi-label',
): string {
  if (!Array.isArray(labels) || labels.length === 0) {
    throw new ShiwuError('invalid-labels', 'labels must be a list with a name for each class');
  }
  const names = new Map<string, number>();
  const ids = new Map<string, number>();
  const rows = labels.map((each: string | LabelInit, index) => {
    const label: LabelInit = typeof each === 'string' ? { zh: each } : each;
    const aliases = label?.aliases ?? [];
    const fail = (what: string) => new ShiwuError('invalid-labels', `labels[${index}]: ${what}`);
    const cell = (field: string, value: unknown) => {
      if (typeof value !== 'string') throw fail(`${field} is no text`);
      if (CONTROL.test(value)) throw fail(`a tab, line break or control character in ${field}`);
      if (value.trim() === '') throw fail(`${field} is blank`);
      return value;
    };
    const unique = (field: string, value: string, seen: Map<string, number>) => {
      const earlier = seen.get(value);
      if (earlier !== undefined) throw fail(`${field} ${value} is that of labels[${earlier}] too`);
      seen.set(value, index);
      return value;
    };
    const zh = unique('zh', cell('zh', label?.zh), names);
    const id = unique('id', cell('id', label.id ?? String(index)), ids);
    const en = cell('en', label.en || zh);
    if (!Array.isArray(aliases)) throw fail('aliases is no list');
    for (const alias of aliases) {
      if (cell('aliases', alias).includes('|')) throw fail('a | in aliases');
    }
    const threshold = label.threshold ?? (task === 'multi-label' ? TAG_THRESHOLD : 0);
    if (!(threshold >= 0 && threshold <= 1)) throw fail(`threshold ${threshold}`);
    // The core reads no exponents: 1e-7 must be written out.
    return [id, zh, aliases.join('|'), en, threshold.toFixed(9)].join('\t');
  });
  return `${['id\tzh\tzh_aliases\ten\tthreshold', ...rows].join('\n')}\n`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
const CONTROL = /[\u0000-\u001f\u007f]/;
