import type { ClassifierInfo } from 'shiwu';
import { copy } from '../copy/index.js';
import { UNKNOWN } from '../own/own-model.js';
import { model } from '../state/classifier.js';
import { told } from '../state/language.js';
import { ModelStatus } from './model-status.js';
import { TrustLine } from './trust-line.js';

/** Before the first photo: the question, and what to know before asking it. */
export function BlankLabel() {
  const words = copy.value;
  const state = model.value;
  return (
    <>
      <h2 id="headline" class="headline">
        <span class="headline-lead">{words.question.lead}</span>{' '}
        <span class="headline-name">{words.question.name}</span>
      </h2>
      {state.kind === 'ready' && state.own ? <OwnModel info={state.info} /> : <DefaultModel />}
      <div class="trust" data-testid="trust">
        <TrustLine />
        <p class="trust-more">{words.trustMore}</p>
      </div>
      <div class="label-foot">
        <ModelStatus />
      </div>
    </>
  );
}

function DefaultModel() {
  const words = copy.value;
  return (
    <>
      <p class="intro">{words.intro}</p>
      <Pairs pairs={words.knows} />
    </>
  );
}

/** What the site says of its own model is not true of another: that one's manifest speaks. */
function OwnModel({ info }: { info: ClassifierInfo }) {
  const words = copy.value;
  const { name, classes, version, size, source } = info.model;
  const [height, width] = size;
  return (
    <>
      <p class="intro">{words.ownIntro(told(name), classes)}</p>
      <Pairs
        pairs={[
          [words.ownFacts.version, version],
          [words.ownFacts.input, words.pixels(width, height)],
          [words.ownFacts.source, source],
        ].filter(([, text]) => text !== UNKNOWN)}
      />
    </>
  );
}

function Pairs({ pairs }: { pairs: readonly (readonly string[])[] }) {
  return (
    <dl class="knows">
      {pairs.map(([term, text]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
