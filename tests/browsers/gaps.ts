/** What an engine lacks, each held to fail: when one works again, its test says so, and the way around it can go. */

export type Engine = 'firefox' | 'webkit';

interface Gap {
  readonly engine: Engine;
  /** Title of the test that fails there. */
  readonly test: string;
  /** Where the engine's makers speak of it, and what they say. */
  readonly bug: string;
}

export const GAPS: readonly Gap[] = [
  {
    engine: 'webkit',
    test: 'a Blob can be kept in IndexedDB (private window)',
    bug: 'https://webkit.org/b/156347',
  },
  {
    engine: 'webkit',
    test: 'the room for storage is told',
    bug: 'https://webkit.org/b/320809 (the GTK port alone, mended after 2.50)',
  },
  {
    engine: 'webkit',
    test: 'a worker reads a Blob on a page from the disk',
    bug: 'https://webkit.org/b/257573 (mended for pages without an origin, but not for those from the disk)',
  },
  {
    engine: 'webkit',
    test: 'a canvas writes WebP',
    bug: 'no number that we know of; it may write PNG instead by the standard',
  },
];
