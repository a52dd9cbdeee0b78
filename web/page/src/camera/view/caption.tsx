import { useEffect, useState } from 'preact/hooks';
import type { Classification } from 'shiwu';
import { percent } from '../../answer/format.js';
import { inWords, labelIn } from '../../answer/sentence.js';
import { isTaught } from '../../answer/taught.js';
import { sentenceOf } from '../../answer/tone.js';
import { copy } from '../../copy/index.js';
import { knowsOne, model } from '../../state/classifier.js';
import type { Failure } from '../../state/failure.js';
import { language, told } from '../../state/language.js';
import { ModelProgress } from '../../view/model-progress.js';
import { words } from '../words.js';

interface Props {
  /** Named in the headline. */
  readonly result: Classification | null;
  /** Shown as bars, which may move at every frame. */
  readonly bars: Classification | null;
  readonly failure: Failure | null;
}

const BARS = 3;

/** What it is, in a sentence and three bars. */
export function Caption({ result, bars, failure }: Props) {
  const answer = result && sentenceOf(result, knowsOne());
  const tongue = language.value;
  const other = answer && (tongue === 'zh' ? answer.en : answer.zh);
  const text = answer ? inWords(answer, copy.value, tongue) : '';
  return (
    <div class="camera-caption" data-testid="camera-caption">
      {failure && <p role="alert">{told(failure)}</p>}
      {!failure && !answer && model.value.kind === 'loading' && (
        <ModelProgress progress={model.value.progress} />
      )}
      <p class="camera-name" data-testid="camera-name">
        {text || words.value.looking}
      </p>
      <p class="camera-other" lang={tongue === 'zh' ? 'en' : 'zh-CN'}>
        {isTaught(answer?.prediction?.id ?? null)
          ? copy.value.taught
          : answer && other !== answer[tongue] && other}
      </p>
      <ul class="camera-bars" aria-hidden="true">
        {bars?.predictions.slice(0, BARS).map((prediction) => (
          <li key={prediction.index} class="candidate" data-class-id={prediction.id}>
            <span class="candidate-names">{labelIn(prediction, tongue)}</span>
            <span class="candidate-percent">{percent(prediction.score)}</span>
            <span class="track">
              <span
                class="track-fill camera-fill"
                style={{ transform: `scaleX(${prediction.score})` }}
              />
            </span>
          </li>
        ))}
      </ul>
      <Spoken text={text} />
    </div>
  );
}

/** Any faster, and a screen reader would never finish a name. */
const SPEAK_EVERY_MS = 3000;

function Spoken({ text }: { text: string }) {
  const [spoken, speak] = useState('');
  const [last, setLast] = useState(0);
  useEffect(() => {
    const wait = Math.max(0, last + SPEAK_EVERY_MS - performance.now());
    const timer = setTimeout(() => {
      speak(text);
      setLast(performance.now());
    }, wait);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <p class="unseen" aria-live="polite" data-testid="camera-live">
      {spoken}
    </p>
  );
}
