import type { Classification, Timings } from 'shiwu';
import { milliseconds } from '../answer/format.js';
import { copy } from '../copy/index.js';
import { model } from '../state/classifier.js';
import { told } from '../state/language.js';
import { ModelPicker } from './model-picker.js';

const ARROWS: readonly Exclude<keyof Timings, 'engine'>[] = [
  'queue',
  'decode',
  'resize',
  'normalize',
  'inference',
  'postprocess',
  'total',
];

/** How long it took, in a line; arrow by arrow when opened. */
export function TimeTaken({ result }: { result: Classification }) {
  const words = copy.value;
  const { timings } = result;
  const prepare = timings.decode + timings.resize + timings.normalize;
  return (
    <details class="time" data-testid="timings">
      <summary>{words.timeTaken(milliseconds(prepare), milliseconds(timings.inference))}</summary>
      <dl class="time-arrows">
        {ARROWS.map((arrow) => (
          <div key={arrow}>
            <dt>{words.arrows[arrow]}</dt>
            <dd>{words.milliseconds(milliseconds(timings[arrow]))}</dd>
          </div>
        ))}
        {model.value.kind === 'ready' && (
          <div>
            <dt>{words.modelField}</dt>
            <dd>{told(model.value.info.model.name)}</dd>
          </div>
        )}
      </dl>
      <ModelPicker />
    </details>
  );
}
