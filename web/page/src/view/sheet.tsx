import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

interface Props {
  readonly open: boolean;
  readonly title: string;
  /** Words of the button that closes it. */
  readonly close: string;
  readonly testId: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** A sheet of text laid over the page: Escape or the button takes it away. */
export function Sheet({ open, title, close, testId, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      class="sheet-dialog sheet-text"
      aria-labelledby={`${testId}-title`}
      data-testid={testId}
      onClose={onClose}
    >
      {open && (
        <div class="sheet-body">
          <div class="sheet-head">
            <h2 id={`${testId}-title`} class="room-title">
              {title}
            </h2>
            <button type="button" class="button button-quiet" onClick={onClose}>
              {close}
            </button>
          </div>
          {children}
        </div>
      )}
    </dialog>
  );
}
