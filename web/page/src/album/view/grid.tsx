import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { locale } from '../../copy/index.js';
import type { Month } from '../dates.js';
import { type Line, lineOf, linesOf, photoBelow } from '../lines.js';
import { selected, toggle } from '../selection.js';
import { months, open, shown, special } from '../view-state.js';
import { words } from '../words.js';
import { Cell } from './cell.js';
import { useRows } from './use-rows.js';

const NARROWEST_CELL = 148;
const NARROWEST_ON_PHONE = 104;
const GAP = 10;
/** Under each picture: a name and how sure. */
const CAPTION = 34;
/** Of a month. */
const HEADING = 52;

/** All photos that are listed; only what the window shows is there. */
export function Grid() {
  const list = shown.value;
  const grid = useRef<HTMLUListElement>(null);
  const [{ columns, cell, margin }, setLayout] = useState({ columns: 4, cell: 160, margin: 0 });
  const [active, setActive] = useState(0);
  /** The cell that the arrows went to, until it has the focus. */
  const wanted = useRef<number | null>(null);

  useLayoutEffect(() => {
    const measure = () => {
      const box = grid.current?.getBoundingClientRect();
      if (!box) return;
      const narrowest = box.width < 480 ? NARROWEST_ON_PHONE : NARROWEST_CELL;
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
      const fit = Math.max(2, Math.floor((box.width + GAP) / (narrowest * rem + GAP)));
      const size = Math.floor((box.width - GAP * (fit - 1)) / fit);
      const top = Math.round(box.top + window.scrollY);
      setLayout((former) =>
        former.columns === fit && former.cell === size && former.margin === top
          ? former
          : { columns: fit, cell: size, margin: top },
      );
    };
    measure();
    const observer = new ResizeObserver(measure);
    // The page's height changes whenever something above the grid comes or goes.
    observer.observe(document.body);
    return () => observer.disconnect();
  }, []);

  const rem = rootFontSize();
  const height = cell + Math.round(CAPTION * rem) + GAP;
  const lines = useMemo(
    () => linesOf(list.length, columns, months.value),
    [list.length, columns, months.value],
  );
  const heights = useMemo(
    () => lines.map(({ kind }) => (kind === 'photos' ? height : Math.round(HEADING * rem))),
    [lines, height, rem],
  );
  const rows = useRows({ heights, margin });
  const at = Math.min(active, list.length - 1);

  // The focus follows the arrows to a cell that may not have been there yet.
  useEffect(() => {
    // This may be the effect of a rendering before the key was pressed.
    if (wanted.current !== at) return;
    const button = grid.current?.querySelector<HTMLElement>(`[data-index="${at}"]`);
    if (!button) return;
    wanted.current = null;
    button.focus({ preventScroll: true });
  });

  const move = (event: KeyboardEvent) => {
    const step = stepOf(event.key, lines, at, list.length);
    if (step === null) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(list.length - 1, step));
    wanted.current = next;
    setActive(next);
    rows.scrollToIndex(lineOf(lines, next), { align: 'auto' });
  };

  const sets = special.value?.kind === 'duplicates' ? special.value.sets : null;
  const setOf = new Map(sets?.flatMap((keys, n) => keys.map((key) => [key, n + 1] as const)));
  return (
    <ul
      ref={grid}
      class="grid"
      aria-label={words.value.photos}
      data-testid="grid"
      style={{ height: `${rows.getTotalSize()}px` }}
      onKeyDown={move}
    >
      {/* One flat list: in a list a row, all cells would be other ones as soon as a row comes or goes. */}
      {rows.getVirtualItems().flatMap((row) => {
        const line = lines[row.index];
        const top = row.start - margin;
        if (!line) return [];
        if (line.kind === 'month') return <Heading key={row.key} month={line.month} top={top} />;
        return list.slice(line.from, line.to).map((entry, column) => {
          const index = line.from + column;
          return (
            <Cell
              key={entry.key}
              entry={entry}
              index={index}
              count={list.length}
              set={setOf.get(entry.key)}
              chosen={selected.value?.has(entry.key)}
              focusable={index === at}
              size={cell}
              left={column * (cell + GAP)}
              top={top}
              onOpen={() => {
                setActive(index);
                if (selected.value) toggle(entry.key);
                else open.value = entry.key;
              }}
            />
          );
        });
      })}
    </ul>
  );
}

/** 2024年5月 · 12 张 */
function Heading({ month: { at, count, byFile }, top }: { month: Month; top: number }) {
  const said = words.value;
  const options = { year: 'numeric', month: 'long' } as const;
  const name = at === null ? said.undated : new Date(at).toLocaleDateString(locale.value, options);
  return (
    <li class="month" style={{ transform: `translateY(${top}px)` }}>
      <h3 class="month-name" data-testid="month">
        {said.month(name, count)}
        {byFile > 0 && <span class="month-more"> {said.byFile(byFile, count)}</span>}
      </h3>
    </li>
  );
}

/** How many times larger than usual the text is. */
function rootFontSize(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
}

/** The place that a key leads to, or null for a key that moves nothing. */
function stepOf(key: string, lines: readonly Line[], at: number, count: number): number | null {
  switch (key) {
    case 'ArrowRight':
      return at + 1;
    case 'ArrowLeft':
      return at - 1;
    case 'ArrowDown':
      return photoBelow(lines, at, 1);
    case 'ArrowUp':
      return photoBelow(lines, at, -1);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    case 'PageDown':
      return photoBelow(lines, at, 4);
    case 'PageUp':
      return photoBelow(lines, at, -4);
    default:
      return null;
  }
}
