import { copy } from '../copy/index.js';
import type { Failure } from '../state/failure.js';
import { language, told } from '../state/language.js';
import { examineAgain, examineAnyway } from '../state/specimen.js';
import { RetryButton } from './retry-button.js';

/** What went wrong and what to do; the other language and what programs say lie folded up. */
export function FailureLabel({ failure }: { failure: Failure }) {
  const words = copy.value;
  const chinese = language.value === 'zh';
  return (
    <div class="failure" data-testid="error" data-error-code={failure.code}>
      <h2 id="headline" class="headline">
        <span class="headline-name">{words.failed}</span>
      </h2>
      <p class="failure-text">{told(failure)}</p>
      <details class="failure-more">
        <summary>{words.details}</summary>
        <p class="failure-other" lang={chinese ? 'en' : 'zh-CN'}>
          {chinese ? failure.en : failure.zh}
        </p>
        {failure.detail && (
          <p class="failure-detail" lang="en">
            {failure.detail}
          </p>
        )}
      </details>
      <div class="failure-actions">
        {failure.anyway && (
          <RetryButton testId="open-anyway" text={words.openAnyway} onRetry={examineAnyway} />
        )}
        {failure.retriable ? (
          <RetryButton testId="retry" onRetry={examineAgain} />
        ) : (
          <button
            type="button"
            class={failure.anyway ? 'button button-quiet' : 'button'}
            data-testid="another"
            onClick={pickAnother}
          >
            {words.another}
          </button>
        )}
      </div>
    </div>
  );
}

/** Opens the one file picker of the page. */
function pickAnother(): void {
  document.querySelector<HTMLButtonElement>('[data-testid="pick"]')?.click();
}
