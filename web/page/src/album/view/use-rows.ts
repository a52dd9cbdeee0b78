import {
  observeWindowOffset,
  observeWindowRect,
  Virtualizer,
  type VirtualizerOptions,
  windowScroll,
} from '@tanstack/virtual-core';
import { useEffect, useLayoutEffect, useReducer, useState } from 'preact/hooks';

interface Rows {
  /** Of each row, pixels from its top to the next one's; the same array while nothing changes. */
  readonly heights: readonly number[];
  /** Pixels between the document's top and the first row. */
  readonly margin: number;
}

/** The rows of a long list that the window shows, and a few around them. */
export function useRows({ heights, margin }: Rows): Virtualizer<Window, Element> {
  const [, redraw] = useReducer((n: number, _: undefined) => n + 1, 0);
  const options: VirtualizerOptions<Window, Element> = {
    count: heights.length,
    estimateSize: (index) => heights[index] ?? 0,
    scrollMargin: margin,
    overscan: 3,
    getScrollElement: () => window,
    observeElementRect: observeWindowRect,
    observeElementOffset: observeWindowOffset,
    scrollToFn: windowScroll,
    initialOffset: () => window.scrollY,
    onChange: () => redraw(undefined),
  };
  const [rows] = useState(() => new Virtualizer<Window, Element>(options));
  rows.setOptions(options);
  useEffect(() => rows._didMount(), [rows]);
  useLayoutEffect(() => rows._willUpdate());
  useLayoutEffect(() => rows.measure(), [rows, heights]);
  return rows;
}
