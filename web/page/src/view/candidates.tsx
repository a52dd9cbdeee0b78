import type { Prediction } from 'shiwu';
import { percent } from '../answer/format.js';
import { labelIn } from '../answer/sentence.js';
import { copy } from '../copy/index.js';
import { inScript, language } from '../state/language.js';

export function Candidates({ predictions }: { predictions: readonly Prediction[] }) {
  return (
    <ol class="candidates" aria-label={copy.value.candidates} data-testid="candidates">
      {predictions.map((prediction) => (
        <Candidate key={prediction.index} prediction={prediction} />
      ))}
    </ol>
  );
}

function Candidate({ prediction }: { prediction: Prediction }) {
  const chinese = language.value === 'zh';
  const name = labelIn(prediction, language.value);
  const other = chinese ? prediction.label_en : prediction.label_zh;
  return (
    <li
      class="candidate"
      data-testid="candidate"
      data-class-id={prediction.id}
      title={tooltip(prediction)}
    >
      <span class="candidate-names">
        <span class="candidate-name">{name}</span>{' '}
        <span class="candidate-other" lang={chinese ? 'en' : 'zh-CN'}>
          {other !== name && other}
        </span>
      </span>{' '}
      <span class="candidate-percent">{percent(prediction.score)}</span>
      <span class="track" aria-hidden="true">
        <span class="track-fill track-grows" style={{ '--share': prediction.score }} />
      </span>
    </li>
  );
}

function tooltip({ aliases }: Prediction): string | undefined {
  return aliases.length > 0 ? copy.value.aliases(aliases.map(inScript).join('、')) : undefined;
}
