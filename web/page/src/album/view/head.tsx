import { entries, remembered } from '../album-state.js';
import { words } from '../words.js';
import { ClearButton } from './clear-button.js';
import { ExportMenu } from './export-menu.js';
import { Pickers } from './pickers.js';

/** The room's name, and what can be done with the album as a whole. */
export function Head() {
  const { title, notRemembered } = words.value;
  return (
    <header class="album-head">
      <h2 class="room-title">{title}</h2>
      {entries.value.length > 0 && (
        <div class="album-actions">
          <Pickers first={false} />
          <ExportMenu />
          <ClearButton />
        </div>
      )}
      {!remembered.value && <p class="album-warning">{notRemembered}</p>}
    </header>
  );
}
