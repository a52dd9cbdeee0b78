// The figures by tenths, and whether they stayed where they were.

/**
 * By how much a measure of the last three tenths (their median) may be above the second tenth; the first one warms up.
 * Allocators and compilers keep some MB more or less from one tenth to the next. Of classifiers that were disposed,
 * and of listeners, a few are let go of only by the next collection; had each of them stayed, there would be fifty.
 */
const BOUNDS = {
  'RSS MB': 30,
  'PSS MB': 30,
  'JS heap MB': 2,
  'wasm heap MB': 0,
  threads: 2,
  handles: 0,
  workers: 0,
  listeners: 6,
  nodes: 0,
  'kept classifiers': 4,
};

/** As many disposed classifiers may still be held when all is over. */
export const MOST_KEPT = BOUNDS['kept classifiers'];

/** `rows`: one object of measures a tenth. Gives what grew, in words. */
export function grown(rows) {
  const second = rows[1] ?? rows[0];
  const last = rows.slice(-3);
  return Object.entries(BOUNDS).flatMap(([name, bound]) => {
    if (second[name] === undefined) return [];
    const values = last.map((row) => row[name]).sort((a, b) => a - b);
    const median = values[values.length >> 1];
    return median > second[name] + bound
      ? [`${name}: ${median} after ${second[name]}, which is more than ${bound} above`]
      : [];
  });
}

export function print(title, rows) {
  const names = Object.keys(rows[0]);
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const bounds = names.map((name) => (name in BOUNDS ? `+${BOUNDS[name]}` : ''));
  const head = [line(['tenth', ...names]), line(names.concat('').map(() => '---'))];
  const body = rows.map((row, i) => line([i + 1, ...names.map((name) => row[name])]));
  console.log([`\n${title}\n`, ...head, ...body, line(['bound', ...bounds])].join('\n'));
}
