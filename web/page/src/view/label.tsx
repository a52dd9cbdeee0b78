import { copy } from '../copy/index.js';
import { specimen } from '../state/specimen.js';
import { AnswerLabel } from './answer-label.js';
import { BlankLabel } from './blank-label.js';
import { FailureLabel } from './failure-label.js';
import { ModelBar } from './model-bar.js';
import { WorkingLabel } from './working-label.js';

/** The museum label beside the photo: blank, being written, written, or an apology. */
export function Label() {
  const state = specimen.value;
  const words = copy.value;
  return (
    <section
      class="label"
      tabIndex={-1}
      aria-labelledby="headline"
      aria-busy={state.kind === 'working'}
    >
      <p class="label-top">
        <span>{words.label}</span>
        <span>{state.kind === 'empty' ? words.blank : words.number(state.photo.number)}</span>
      </p>
      <ModelBar />
      {state.kind === 'empty' && <BlankLabel />}
      {state.kind === 'working' && <WorkingLabel />}
      {state.kind === 'done' && <AnswerLabel key={state.photo.number} result={state.result} />}
      {state.kind === 'failed' && <FailureLabel failure={state.failure} />}
    </section>
  );
}
