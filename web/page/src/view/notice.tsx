import { useEffect } from 'preact/hooks';
import { notice } from '../state/specimen.js';

const SHOWN_MS = 6000;

/** A passing remark at the foot of the window; the announcer reads it aloud. */
export function Notice() {
  const text = notice.value;
  useEffect(() => {
    if (text === null) return;
    const timer = setTimeout(() => {
      notice.value = null;
    }, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [text]);
  if (text === null) return null;
  return (
    <p class="notice" data-testid="notice" aria-hidden="true">
      {text}
    </p>
  );
}
