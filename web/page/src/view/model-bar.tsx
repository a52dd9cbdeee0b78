import type { ClassifierInfo, LoadProgress } from 'shiwu';
import { fileSize } from '../answer/format.js';
import { copy } from '../copy/index.js';
import { UNKNOWN } from '../own/own-model.js';
import { model } from '../state/classifier.js';
import { exchange, exchangeModel, forgetFailure } from '../state/exchange.js';
import type { Failure } from '../state/failure.js';
import { told } from '../state/language.js';
import { openSheet } from '../trust/sheets.js';

/** At the head of the label, for those who put in a model of their own: which one is at work. */
export function ModelBar() {
  const change = exchange.value;
  const state = model.value;
  const own = state.kind === 'ready' && state.own ? state.info : null;
  if (!own && !change) return null;
  return (
    <section class="model-bar" aria-label={copy.value.modelAtWork} data-testid="model-bar">
      {change?.kind === 'failed' && <NotExchanged file={change.file} failure={change.failure} />}
      {change?.kind === 'loading' ? (
        <Exchanging file={change.file} progress={change.progress} />
      ) : (
        own && <OwnModel info={own} />
      )}
    </section>
  );
}

function OwnModel({ info }: { info: ClassifierInfo }) {
  const words = copy.value;
  const { name, classes, bytes, license } = info.model;
  return (
    <div class="model-row">
      <p class="model-own" data-testid="own-model">
        <span class="model-own-lead">{words.modelAtWork}</span>{' '}
        <span class="model-own-name">{told(name)}</span>{' '}
        <span class="model-own-facts">
          <span>{words.classes(classes)}</span> · <span>{fileSize(bytes)}</span>
          {license !== UNKNOWN && (
            <>
              {' '}
              · <span>{license}</span>
            </>
          )}
        </span>
      </p>
      <div class="model-actions">
        <button
          type="button"
          class="button button-quiet"
          data-testid="own-details"
          onClick={() => openSheet('card')}
        >
          {words.details}
        </button>
        <BarButton
          testId="default-model"
          text={words.backToDefault}
          act={() => exchangeModel(null)}
        />
      </div>
    </div>
  );
}

function Exchanging({ file, progress }: { file: string | null; progress: LoadProgress | null }) {
  const words = copy.value;
  const text = file === null ? words.exchangingBack : words.exchanging(file);
  const share = progress && progress.total > 0 ? Math.min(1, progress.loaded / progress.total) : 0;
  return (
    <div class="model-exchanging" data-testid="exchanging">
      <p class="model-exchanging-text">{text}</p>
      <div
        class="track"
        role="progressbar"
        aria-label={text}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
      >
        <div class="track-fill" style={{ transform: `scaleX(${share})` }} />
      </div>
    </div>
  );
}

/** Stays until it is read, unlike a notice: it says what to do. */
function NotExchanged({ file, failure }: { file: string | null; failure: Failure }) {
  const words = copy.value;
  const state = model.value;
  return (
    <div class="model-row" data-testid="exchange-failed" data-error-code={failure.code}>
      <div class="model-refused">
        <p class="model-refused-title">
          {file === null ? words.notExchangedBack : words.notExchanged(file)}
        </p>
        <p>{told(failure)}</p>
        {failure.detail && (
          <details class="failure-more">
            <summary>{words.details}</summary>
            <p class="model-refused-detail" lang="en">
              {failure.detail}
            </p>
          </details>
        )}
        {state.kind === 'ready' && (
          <p class="model-refused-detail">{words.stillAtWork(told(state.info.model.name))}</p>
        )}
      </div>
      <BarButton testId="understood" text={words.understood} act={forgetFailure} />
    </div>
  );
}

/** Goes away when it is pressed, so the focus is handed to the label. */
function BarButton({ testId, text, act }: { testId: string; text: string; act: () => void }) {
  return (
    <button
      type="button"
      class="button button-quiet"
      data-testid={testId}
      onClick={({ currentTarget }) => {
        currentTarget.closest<HTMLElement>('.label')?.focus();
        act();
      }}
    >
      {text}
    </button>
  );
}
