import { computed } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { model } from '../../state/classifier.js';
import { told } from '../../state/language.js';
import { AskButton } from '../../view/ask-button.js';
import { ModelProgress } from '../../view/model-progress.js';
import { removeWaiting } from '../actions.js';
import { entries, missing } from '../album-state.js';
import { pause, phase, speed, start, stopped } from '../run.js';
import { words } from '../words.js';
import { Summary } from './summary.js';

export const done = computed(() => entries.value.filter(({ state }) => state !== 'waiting').length);

/** How far the naming has come, while there is something left to name. */
export function RunBar() {
  const said = words.value;
  // Pixels: what comes in its place takes as many, so that the grid stays where it is; not for who comes back later.
  const height = useRef(0);
  const total = entries.value.length;
  if (done.value === total) return <Summary height={height.current} />;
  const lost = missing.value.length;
  const onlyLost = phase.value === 'still' && lost > 0;
  return (
    <section
      ref={(section) => {
        if (section) height.current = section.offsetHeight;
      }}
      class="run"
      aria-label={said.progress}
      data-testid="run"
      data-phase={phase.value}
    >
      <div class="run-row">
        <p class="run-text">
          <span class="run-count" data-testid="run-count">
            {said.count(done.value.toLocaleString(), total.toLocaleString())}
          </span>
          <span class="run-speed">{pace()}</span>
        </p>
        <div class="run-actions">
          {(phase.value === 'running' || phase.value === 'elsewhere') && (
            <RunButton testId="pause" text={said.pause} act={pause} />
          )}
          {phase.value === 'paused' && (
            <RunButton testId="resume" text={said.resume} act={start} main />
          )}
        </div>
      </div>
      <div
        class="track"
        role="progressbar"
        aria-label={said.progress}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={done.value}
      >
        <div class="track-fill" style={{ transform: `scaleX(${done.value / total})` }} />
      </div>
      {phase.value === 'running' && model.value.kind === 'loading' && (
        <ModelProgress progress={model.value.progress} />
      )}
      {stopped.value && (
        <p class="run-failure" role="alert">
          {told(stopped.value)}
        </p>
      )}
      {onlyLost && (
        <p class="run-missing" data-testid="missing">
          {said.missing(lost)}
        </p>
      )}
      <div class="run-removal">
        <AskButton
          text={said.removeWaiting}
          question={said.removeWaitingAsk(total - done.value)}
          yes={said.removeYes}
          no={said.clearNo}
          testId="remove-waiting"
          act={removeWaiting}
        />
      </div>
    </section>
  );
}

function RunButton(props: { testId: string; text: string; act: () => void; main?: boolean }) {
  return (
    <button
      type="button"
      class={props.main ? 'button run-button' : 'button button-quiet run-button'}
      data-testid={props.testId}
      onClick={props.act}
    >
      {props.text}
    </button>
  );
}

function pace(): string {
  const said = words.value;
  if (phase.value === 'paused') return said.paused;
  if (phase.value === 'elsewhere') return said.elsewhere;
  if (phase.value !== 'running') return '';
  if (speed.value === 0) return said.starting;
  const rest = entries.value.length - done.value - missing.value.length;
  const each = said.perSecond(speed.value < 10 ? speed.value.toFixed(1) : speed.value.toFixed(0));
  return `${each} · ${timeLeft(rest / speed.value)}`;
}

/** 3 → 还要 5 秒: in steps that do not flicker. */
export function timeLeft(seconds: number): string {
  const { left } = words.value;
  if (seconds < 3) return left.soon;
  if (seconds < 55) return left.seconds(Math.ceil(seconds / 5) * 5);
  if (seconds < 55 * 60) return left.minutes(Math.ceil(seconds / 60));
  return left.hours(Math.ceil(seconds / 3600));
}
