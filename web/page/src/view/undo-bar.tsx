import { useEffect, useRef } from 'preact/hooks';
import { copy } from '../copy/index.js';
import { letLapse, removal, undoRemoval } from '../state/undo.js';

/** Long enough to be read, reached by Tab, and thought about. */
const OFFERED_MS = 20_000;

/** What was removed, and the way back; it stays for as long as it is looked at. */
export function UndoBar() {
  const offered = removal.value;
  const words = copy.value;
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!offered) return;
    let timer: ReturnType<typeof setTimeout>;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(
        () => (bar.current?.matches(':hover, :focus-within') ? wait() : letLapse()),
        OFFERED_MS,
      );
    };
    wait();
    return () => clearTimeout(timer);
  }, [offered]);
  return (
    <div role="status">
      {offered && (
        <div ref={bar} class="undo" data-testid="undo-bar">
          <p data-testid="undo-text">{offered.text}</p>
          <button
            type="button"
            class="undo-button"
            aria-keyshortcuts="Control+Z Meta+Z"
            data-testid="undo-removal"
            onClick={() => {
              undoRemoval();
              focusRoom();
            }}
          >
            {words.undoRemoval}
          </button>
        </div>
      )}
    </div>
  );
}

/** The button has gone with its bar: the keyboard goes on where things were brought back. */
function focusRoom(): void {
  const room = document.querySelector('main');
  if (!room) return;
  room.tabIndex = -1;
  room.focus({ preventScroll: true });
}
