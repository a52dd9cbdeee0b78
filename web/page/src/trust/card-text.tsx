import type { ClassifierInfo } from 'shiwu';
import { fileSize } from '../answer/format.js';
import { askAgain } from '../own/asking.js';
import type { OwnModel } from '../own/own-model.js';
import { tensorText } from '../own/tensor-text.js';
import { model } from '../state/classifier.js';
import { told } from '../state/language.js';
import { modelChoice } from '../state/preferences.js';
import { sizes } from '../state/sizes.js';
import { closeSheet } from './sheets.js';
import { words } from './words.js';

/** What the model is, how good, and where it fails. */
export function CardText() {
  const { card } = words.value;
  const state = model.value;
  const own = state.kind === 'ready' ? state.own : null;
  return (
    <>
      {own && <p class="explain-lead">{card.ownNote}</p>}
      {state.kind === 'ready' && <Facts info={state.info.model} own={own} />}
      {own?.answers && <Answered own={own} />}
      {!own && (
        <>
          <h3 class="explain-title">{card.accuracyTitle}</h3>
          <p>{card.accuracy}</p>
          <p>{card.sure}</p>
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

type Info = ClassifierInfo['model'];

function Facts({ info, own }: { info: Info; own: OwnModel | null }) {
  const { card } = words.value;
  const { name, version, license, classes, bytes, source, network } = info;
  const rows: [term: string, text: string][] = [
    ...(own ? ([[card.file, own.file.name]] as [string, string][]) : []),
    ...card.rows(
      told(name),
      version,
      license,
      classes,
      own ? fileSize(bytes) : sizes[modelChoice.value],
    ),
    [card.source, source],
    [card.input, tensorText(network.inputs)],
    [card.output, tensorText(network.outputs)],
    ...(own?.sha256 ? ([['SHA-256', own.sha256]] as [string, string][]) : []),
  ];
  return (
    <dl class="knows card-facts" data-testid="card-facts">
      {rows.map(([term, text]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd class="explain-fact">{text}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What was answered in the file's place can be answered anew. */
function Answered({ own }: { own: OwnModel }) {
  const { card } = words.value;
  return (
    <p>
      {card.answered}{' '}
      <button
        type="button"
        class="button-text"
        data-testid="answer-again"
        onClick={() => {
          closeSheet();
          askAgain(own);
        }}
      >
        {card.answerAgain}
      </button>
    </p>
  );
}
