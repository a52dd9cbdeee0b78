import { copy } from '../copy/index.js';

interface Props {
  readonly quiet?: boolean;
  readonly testId: string;
  readonly onRetry: () => void;
}

/** Goes away when it is pressed, so the focus is handed to the label that holds it. */
export function RetryButton({ quiet = false, testId, onRetry }: Props) {
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
      {copy.value.retry}
    </button>
  );
}
