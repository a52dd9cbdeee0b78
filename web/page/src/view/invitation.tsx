import { copy } from '../copy/index.js';

/** On the empty sheet, where a photo would lie: above the buttons of the `Picker`. */
export function Invitation() {
  const words = copy.value;
  return (
    <>
      <p class="invitation invitation-drop">{words.drop}</p>
      <p class="invitation invitation-touch">{words.dropTouch}</p>
    </>
  );
}

/** And below them. */
export function PasteHint() {
  return (
    <p class="invitation-paste">
      {copy.value.dropOr} <kbd>{PASTE_KEY}</kbd> <kbd>V</kbd>
    </p>
  );
}

const PASTE_KEY = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : 'Ctrl';
