import { counted, readCounters } from '../../names/counted.js';
import { entries } from '../album-state.js';
import { isEveryday, tilesOf } from '../everyday.js';
import { words } from '../words.js';

/** More are not read; the tiles have the rest. */
const MOST = 5;

/** Where the run's progress stood: what the album holds, once all of it is named. */
export function Summary({ height }: { readonly height: number }) {
  const text = summary();
  return (
    <p class="run summary" style={{ minBlockSize: `${height}px` }} data-testid="summary">
      {text}
    </p>
  );
}

/** The same for the ear, which is told once: with the words by which things are counted. */
export async function spokenSummary(): Promise<string> {
  const some = contents().slice(0, MOST);
  await readCounters(some.map(({ id }) => id));
  return summary();
}

const contents = () => tilesOf(entries.value).filter(({ id }) => isEveryday(id));

function summary(): string {
  const said = words.value;
  const all = contents();
  const failed = entries.value.filter(({ state }) => state === 'failed').length;
  const some = all.slice(0, MOST).map(counted);
  const finished = said.finished(entries.value.length, failed);
  return some.length > 0
    ? `${finished}${said.gap}${said.holds(some, all.length > MOST)}`
    : finished;
}
