import { useRef } from 'preact/hooks';

interface Props {
  readonly text: string;
  readonly question: string;
  readonly yes: string;
  readonly no: string;
  readonly testId: string;
  readonly act: () => void;
}

/** A button for what removes much: it asks once. */
export function AskButton({ text, question, yes, no, testId, act }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button
        type="button"
        class="button-text"
        data-testid={testId}
        onClick={() => dialog.current?.showModal()}
      >
        {text}
      </button>
      <dialog ref={dialog} class="ask" aria-labelledby={`${testId}-ask`}>
        <p id={`${testId}-ask`}>{question}</p>
        <form method="dialog" class="ask-actions">
          <button type="submit" class="button button-quiet">
            {no}
          </button>
          <button
            type="submit"
            class="button button-danger"
            data-testid={`${testId}-yes`}
            onClick={act}
          >
            {yes}
          </button>
        </form>
      </dialog>
    </>
  );
}
