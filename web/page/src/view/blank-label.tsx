import { copy } from '../copy/index.js';
import { Lock } from './icons.js';
import { ModelStatus } from './model-status.js';

/** Before the first photo: the question, and what to know before asking it. */
export function BlankLabel() {
  const words = copy.value;
  return (
    <>
      <h2 id="headline" class="headline">
        <span class="headline-lead">{words.question.lead}</span>{' '}
        <span class="headline-name">{words.question.name}</span>
      </h2>
      <p class="intro">{words.intro}</p>
      <dl class="knows">
        {words.knows.map(([kind, things]) => (
          <div key={kind}>
            <dt>{kind}</dt>
            <dd>{things}</dd>
          </div>
        ))}
      </dl>
      <div class="trust" data-testid="trust">
        <Lock class="trust-lock" />
        <p>
          <strong>{words.trust}</strong>
          <span class="trust-more">{words.trustMore}</span>
        </p>
      </div>
      <div class="label-foot">
        <ModelStatus />
      </div>
    </>
  );
}
