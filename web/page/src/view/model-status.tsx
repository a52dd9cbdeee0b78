import { copy } from '../copy/index.js';
import { loadClassifier, model } from '../state/classifier.js';
import type { Failure } from '../state/failure.js';
import { told } from '../state/language.js';
import { ModelPicker } from './model-picker.js';
import { ModelProgress } from './model-progress.js';
import { RetryButton } from './retry-button.js';

/** Whether the model is there yet, in the foot of the blank label. */
export function ModelStatus() {
  const state = model.value;
  if (state.kind === 'loading') return <ModelProgress progress={state.progress} />;
  if (state.kind === 'failed') return <ModelFailed failure={state.failure} />;
  return (
    <div class="model-ready" data-testid="model-ready">
      {state.kind === 'ready' && (
        <>
          <p class="model-ready-text">
            <span class="model-dot" aria-hidden="true" />
            {copy.value.ready}
          </p>
          <p class="model-hint">{copy.value.modelHint}</p>
          <ModelPicker />
        </>
      )}
    </div>
  );
}

function ModelFailed({ failure }: { failure: Failure }) {
  const retry = () => {
    loadClassifier().catch(() => {
      // Shown by `model`.
    });
  };
  return (
    <div class="model-failed" data-testid="model-failed" data-error-code={failure.code}>
      <p>
        {copy.value.notReady}
        <span class="model-failed-why">{told(failure)}</span>
      </p>
      <RetryButton quiet testId="model-retry" onRetry={retry} />
    </div>
  );
}
