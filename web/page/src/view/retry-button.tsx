import { copy } from '../copy/index.js';

interface Props {
  readonly quiet?: boolean;
  readonly testId: string;
  /** Default: try again. */
  readonly text?: string;
  readonly onRetry: () => void;
}

/** Goes away when it is pressed, so the focus is handed to the label that holds it. */
export function RetryButton({ quiet = false, testId, text, onRetry }: Props) {
  return (
    <button
      type="button"
      class={quiet ? 'button button-quiet' : 'button'}
      data-testid={testId}
      onClick={({ currentTarget }) => {
        currentTarget.closest<HTMLElement>('.label')?.focus();
        onRetry();
      }}
    >
      {text ?? copy.value.retry}
    </button>
  );
}
