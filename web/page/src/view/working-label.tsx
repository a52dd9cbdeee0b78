import { copy } from '../copy/index.js';
import { isOwn, model } from '../state/classifier.js';
import { language } from '../state/language.js';
import { ModelProgress } from './model-progress.js';

// The five rows to come; the model's first load takes the place of the first two.
const ROWS = [0.36, 0.27, 0.32, 0.22, 0.3];

/** The label while it is being written: bars of the size that the words will have. */
export function WorkingLabel() {
  const words = copy.value;
  const state = model.value;
  return (
    <>
      <h2 id="headline" class="headline">
        <span class="headline-lead">{words.working}</span>{' '}
        {language.value === 'zh' && !isOwn() && <span class="headline-pinyin" />}
        <span class="headline-name bone bone-name" aria-hidden="true" />
      </h2>
      <p class="headline-other" aria-hidden="true">
        <span class="bone bone-line bone-short" />
      </p>
      <div class="facts" aria-hidden="true">
        <p class="path">
          <span class="bone bone-line bone-short" />
        </p>
        <p class="beside">
          <span class="bone bone-line" />
        </p>
      </div>
      {!isOwn() && (
        <div class="about" aria-hidden="true">
          <span class="bone bone-line" />
        </div>
      )}
      <div class="candidates">
        {state.kind === 'loading' && (
          <div class="candidates-waiting">
            <ModelProgress progress={state.progress} />
          </div>
        )}
        {ROWS.slice(state.kind === 'loading' ? 2 : 0).map((width) => (
          <div class="candidate" key={width} aria-hidden="true">
            <span class="bone bone-line" style={{ width: `${width * 100}%` }} />
            <span class="track" />
          </div>
        ))}
      </div>
      <div class="label-foot" />
    </>
  );
}
