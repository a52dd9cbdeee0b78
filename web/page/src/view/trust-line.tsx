import { copy } from '../copy/index.js';
import { openSheet } from '../trust/sheets.js';
import { Lock } from './icons.js';

/** The promise, which can be asked for its proof. */
export function TrustLine() {
  return (
    <button
      type="button"
      class="trust-line"
      data-testid="trust-line"
      onClick={() => openSheet('trust')}
    >
      <Lock class="trust-lock" />
      {copy.value.trust}
    </button>
  );
}
