import { fileSize } from '../answer/format.js';
import { model } from '../state/classifier.js';
import { language } from '../state/language.js';
import { words } from './words.js';

/** What the model is, how good, and where it fails. */
export function CardText() {
  const { card } = words.value;
  const state = model.value;
  const own = state.kind === 'ready' && state.own;
  return (
    <>
      {own && <p class="explain-lead">{card.ownNote}</p>}
      {state.kind === 'ready' && <Facts info={state.info.model} />}
      {!own && (
        <>
          <h3 class="explain-title">{card.accuracyTitle}</h3>
          <p>
            {card.accuracy} {card.sure}
          </p>
          <h3 class="explain-title">{card.madeTitle}</h3>
          <p>{card.made}</p>
          <h3 class="explain-title">{card.weakTitle}</h3>
          <ul class="weak">
            {card.weak.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

type Info = Extract<typeof model.value, { kind: 'ready' }>['info']['model'];

function Facts({ info }: { info: Info }) {
  const { card } = words.value;
  const { name, version, license, classes, bytes, source } = info;
  const rows = card.rows(name[language.value], version, license, classes, fileSize(bytes));
  return (
    <dl class="knows" data-testid="card-facts">
      {[...rows, [card.source, source]].map(([term, text]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd class="explain-fact">{text}</dd>
        </div>
      ))}
    </dl>
  );
}
