import type { Prediction } from 'shiwu';
import { percent } from '../answer/format.js';
import { labelIn } from '../answer/sentence.js';
import { isTaught } from '../answer/taught.js';
import { copy } from '../copy/index.js';
import { inScript, language } from '../state/language.js';
import { canSayWhere, inWhere, isOfModel, where } from '../where/hooks.js';

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
        <span
          class="candidate-other"
          lang={isTaught(prediction.id) ? undefined : chinese ? 'en' : 'zh-CN'}
        >
          {isTaught(prediction.id) ? copy.value.taught : other !== name && other}
        </span>
      </span>{' '}
      <span class="candidate-percent">
        {prediction.index < 0 ? copy.value.byYou : percent(prediction.score)}
      </span>
      {canSayWhere() && isOfModel(prediction) && <Look prediction={prediction} name={name} />}
      <span class="track" aria-hidden="true">
        <span class="track-fill track-grows" style={{ '--share': prediction.score }} />
      </span>
    </li>
  );
}

function tooltip({ aliases }: Prediction): string | undefined {
  return aliases.length > 0 ? copy.value.aliases(aliases.map(inScript).join('、')) : undefined;
}

/** Shows where it looked for this one: while the pointer or the focus is here, or until it is pressed again. */
function Look({ prediction, name }: { prediction: Prediction; name: string }) {
  const preview = (shown: Prediction | null) => inWhere((room) => room.preview(shown));
  return (
    <button
      type="button"
      class="candidate-look"
      data-testid="candidate-look"
      aria-label={copy.value.lookFor(name)}
      aria-pressed={where.value?.pinned.value?.index === prediction.index}
      onClick={() => inWhere((room) => room.pin(prediction))}
      onPointerEnter={(event) => event.pointerType !== 'touch' && preview(prediction)}
      onPointerLeave={(event) => event.pointerType !== 'touch' && preview(null)}
      onFocus={() => preview(prediction)}
      onBlur={() => preview(null)}
    />
  );
}
