/** What an engine lacks, each held to fail: when one works again, its test says so, and the way around it can go. */

export type Engine = 'firefox' | 'webkit';

interface Gap {
  readonly engine: Engine;
  /** Title of the test that fails there. */
  readonly test: string;
  /** Where the engine's makers speak of it. */
  readonly bug: string;
}

export const GAPS: readonly Gap[] = [
  {
    engine: 'webkit',
    test: 'a Blob can be kept in IndexedDB (private window)',
    bug: 'https://webkit.org/b/156347',
  },
];
