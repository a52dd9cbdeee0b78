import { copy } from '../copy/index.js';
import { words as tools } from '../photo/words.js';
import { type Specimen, specimen } from '../state/specimen.js';
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
        <span>{state.kind === 'empty' ? words.blank : number(state)}</span>
      </p>
      <ModelBar />
      {state.kind === 'empty' && <BlankLabel />}
      {state.kind === 'working' && <WorkingLabel />}
      {state.kind === 'done' && <AnswerLabel key={state.photo.number} result={state.result} />}
      {state.kind === 'failed' && <FailureLabel failure={state.failure} />}
    </section>
  );
}

/** 第 3 号, or 第 3 号 · 局部 where only a part was asked about. */
function number({ photo, region }: Exclude<Specimen, { kind: 'empty' }>): string {
  const text = copy.value.number(photo.number);
  return region ? `${text} · ${tools.value.part}` : text;
}
