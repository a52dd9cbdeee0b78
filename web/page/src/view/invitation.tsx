import { copy } from '../copy/index.js';

/** The empty sheet: where a photo would lie. The button in its middle is the `Picker`. */
export function Invitation() {
  const words = copy.value;
  return (
    <div class="invitation">
      <span class="corners" aria-hidden="true" />
      <p class="invitation-drop">{words.drop}</p>
      <p class="invitation-touch">{words.dropTouch}</p>
      <p class="invitation-paste">
        {words.dropOr} <kbd>{PASTE_KEY}</kbd> <kbd>V</kbd>
      </p>
    </div>
  );
}

const PASTE_KEY = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : 'Ctrl';
