import { told } from '../../state/language.js';
import { check, compareEngines } from '../compare.js';
import { words } from '../words.js';

/** Lets anyone see that our own engine gives ONNX Runtime's answers. */
export function CheckSection() {
  const said = words.value;
  const running = check.value?.kind === 'running';
  return (
    <div class="setting" data-testid="check">
      <button
        type="button"
        class="button button-quiet"
        aria-disabled={running}
        data-testid="check-engines"
        onClick={() => void compareEngines()}
      >
        {said.check}
      </button>
      <p class="setting-more" role="status" data-testid="check-result">
        {result()}
      </p>
    </div>
  );
}

function result(): string {
  const said = words.value;
  const state = check.value;
  if (state === null) return said.checkMore;
  if (state.kind === 'running') return said.checking;
  if (state.kind === 'failed') return told(state.failure);
  return said.checked(state.comparison);
}
