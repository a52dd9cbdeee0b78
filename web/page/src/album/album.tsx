import './album.css';
import { useEffect } from 'preact/hooks';
import { inbox } from '../state/inbox.js';
import { notice } from '../state/specimen.js';
import { entries, nextWaiting, openAlbum, opened } from './album-state.js';
import { addToAlbum } from './intake.js';
import { phase, start, timesPaused } from './run.js';
import { Announcements } from './view/announcements.js';
import { Drawers } from './view/drawers.js';
import { EmptyAlbum } from './view/empty-album.js';
import { Grid } from './view/grid.js';
import { Head } from './view/head.js';
import { Listing } from './view/listing.js';
import { PhotoDialog } from './view/photo-dialog.js';
import { RunBar } from './view/run-bar.js';
import { SelectionBar } from './view/selection-bar.js';
import { words } from './words.js';

/** Many photos at once: named, sorted, searched. */
export function Album() {
  useEffect(() => {
    void openAlbum().then(startIfWaiting);
  }, []);
  const arrived = inbox.value;
  useEffect(() => {
    if (arrived.length > 0) void takeIn();
  }, [arrived]);

  const empty = entries.value.length === 0;
  return (
    <main
      class="room album"
      data-testid="album"
      data-count={entries.value.length}
      data-opened={opened.value}
    >
      <Head />
      {!opened.value && <p class="album-opening">{words.value.opening}</p>}
      {opened.value && empty && <EmptyAlbum />}
      {!empty && (
        <>
          <RunBar />
          <Drawers />
          <Listing />
          <SelectionBar />
          <Grid />
        </>
      )}
      <PhotoDialog />
      <Announcements />
    </main>
  );
}

/** What an earlier visit left without a name goes on. */
function startIfWaiting(): void {
  if (nextWaiting()) start();
}

async function takeIn(): Promise<void> {
  const found = inbox.value;
  inbox.value = [];
  const before = timesPaused();
  const wasPaused = phase.peek() === 'paused';
  const sum = await addToAlbum(found);
  if (!sum) return;
  const { added, again, skipped } = sum;
  const { value: said } = words;
  notice.value = [
    added > 0 && said.added(added),
    again > 0 && said.again(again),
    skipped > 0 && said.skipped(skipped),
  ]
    .filter(Boolean)
    .join(' ');
  // Who paused while they came in meant them too.
  const meant = !wasPaused || timesPaused() !== before;
  if (phase.peek() !== 'paused' || !meant) startIfWaiting();
}
