import { useRef } from 'preact/hooks';
import { clearAll } from '../actions.js';
import { entries } from '../album-state.js';
import { words } from '../words.js';

/** Asks once before the album is emptied. */
export function ClearButton() {
  const dialog = useRef<HTMLDialogElement>(null);
  const { clear, clearAsk, clearYes, clearNo } = words.value;
  return (
    <>
      <button
        type="button"
        class="button-text"
        data-testid="clear"
        onClick={() => dialog.current?.showModal()}
      >
        {clear}
      </button>
      <dialog ref={dialog} class="ask" aria-labelledby="clear-ask">
        <p id="clear-ask">{clearAsk(entries.value.length)}</p>
        <form method="dialog" class="ask-actions">
          <button type="submit" class="button button-quiet">
            {clearNo}
          </button>
          <button type="submit" class="button" data-testid="clear-yes" onClick={clearAll}>
            {clearYes}
          </button>
        </form>
      </dialog>
    </>
  );
}
