import { useRef } from 'preact/hooks';
import { copy } from '../copy/index.js';
import { acceptFiles } from '../input/accept.js';

/** One button for the first photo and for every other; it keeps the focus between them. */
export function Picker({ again }: { again: boolean }) {
  const input = useRef<HTMLInputElement>(null);
  const words = copy.value;
  return (
    <>
      <input
        ref={input}
        class="unseen"
        type="file"
        accept="image/*"
        tabIndex={-1}
        aria-label={words.pickLabel}
        aria-hidden="true"
        data-testid="file-input"
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          // Emptied, so that the same file can be chosen twice running.
          currentTarget.value = '';
          if (files.length > 0) acceptFiles(files, { named: true });
        }}
      />
      <button
        type="button"
        class={again ? 'button button-quiet' : 'button'}
        data-testid="pick"
        onClick={() => input.current?.click()}
      >
        {again ? words.another : words.pick}
      </button>
    </>
  );
}
