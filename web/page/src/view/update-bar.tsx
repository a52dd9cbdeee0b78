import { copy } from '../copy/index.js';
import { leaveUpdate, takeUpdate, update, updating } from '../offline/worker.js';

/** A newer page is there, for whoever wants it now. */
export function UpdateBar() {
  const words = copy.value;
  return (
    <div role="status">
      {update.value && (
        <div class="update" data-testid="update">
          <p>{words.newVersion}</p>
          <button
            type="button"
            class="button"
            aria-disabled={updating.value}
            data-testid="update-now"
            onClick={() => void takeUpdate()}
          >
            {words.updateNow}
          </button>
          <button
            type="button"
            class="button-text"
            data-testid="update-later"
            onClick={leaveUpdate}
          >
            {words.updateLater}
          </button>
        </div>
      )}
    </div>
  );
}
