import { AskButton } from '../../view/ask-button.js';
import { clearAll } from '../actions.js';
import { barred, entries } from '../album-state.js';
import { selected } from '../selection.js';
import { words } from '../words.js';
import { ExportMenu } from './export-menu.js';
import { Pickers } from './pickers.js';

/** The room's name, and what can be done with the album as a whole. */
export function Head() {
  const { title, bars, clear, clearAsk, clearYes, clearNo } = words.value;
  return (
    <header class="room-head">
      <h2 class="room-title">{title}</h2>
      {entries.value.length > 0 && (
        <div class="room-actions">
          <Pickers first={false} />
          {!selected.value && <ExportMenu />}
          <div class="room-actions-apart">
            <AskButton
              text={clear}
              question={clearAsk(entries.value.length)}
              yes={clearYes}
              no={clearNo}
              testId="clear"
              act={clearAll}
            />
          </div>
        </div>
      )}
      {barred.value && <p class="album-warning">{bars[barred.value]}</p>}
    </header>
  );
}
