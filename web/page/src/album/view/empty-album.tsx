import { words } from '../words.js';
import { Pickers } from './pickers.js';

/** The empty sheet: where a folder would lie. */
export function EmptyAlbum() {
  const { dropHere, dropTouch, intro, promise } = words.value;
  return (
    <section class="album-empty" data-testid="album-empty">
      <span class="corners" aria-hidden="true" />
      <p class="album-empty-drop">{dropHere}</p>
      <p class="album-empty-touch">{dropTouch}</p>
      <Pickers first />
      <p class="album-empty-intro">{intro}</p>
      <p class="album-empty-promise">{promise}</p>
    </section>
  );
}
