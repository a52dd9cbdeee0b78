import {
  observeWindowOffset,
  observeWindowRect,
  Virtualizer,
  type VirtualizerOptions,
  windowScroll,
} from '@tanstack/virtual-core';
import { useEffect, useLayoutEffect, useReducer, useState } from 'preact/hooks';

interface Rows {
  readonly count: number;
  /** Pixels from one row's top to the next one's. */
  readonly height: number;
  /** Pixels between the document's top and the first row. */
  readonly margin: number;
}

/** The rows of a long list that the window shows, and a few around them. */
export function useRows({ count, height, margin }: Rows): Virtualizer<Window, Element> {
  const [, redraw] = useReducer((n: number, _: undefined) => n + 1, 0);
  const options: VirtualizerOptions<Window, Element> = {
    count,
    estimateSize: () => height,
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
  useLayoutEffect(() => rows.measure(), [rows, height]);
  return rows;
}
