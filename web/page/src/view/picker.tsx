import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { copy } from '../copy/index.js';
import { acceptFiles } from '../input/accept.js';
import { Shutter } from './icons.js';

/** For the first photo and for every other, so that a button keeps the focus between them: by the camera, or a file. */
export function Picker({ again }: { again: boolean }) {
  const words = copy.value;
  return (
    <div class="picker">
      <PickButton
        testId="shoot"
        input="camera-input"
        class={again ? 'button button-quiet shoot shoot-again' : 'button shoot'}
        label={words.shoot}
        camera
      >
        <Shutter class="shoot-icon" />
        <span class="shoot-text">{words.shoot}</span>
      </PickButton>
      <PickButton
        testId="pick"
        input="file-input"
        class={again ? 'button button-quiet' : 'button pick-first'}
        label={words.pickLabel}
      >
        {again ? words.another : words.pick}
      </PickButton>
    </div>
  );
}

interface Props {
  readonly testId: string;
  /** Test id of the field that it opens. */
  readonly input: string;
  readonly class: string;
  /** Of the field; the button says what stands on it. */
  readonly label: string;
  /** The camera of the system, which takes better photos than a page could, and asks for nothing. */
  readonly camera?: boolean;
  readonly children: ComponentChildren;
}

function PickButton({ testId, input: inputId, class: name, label, camera, children }: Props) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        class="unseen"
        type="file"
        accept="image/*"
        {...(camera && { capture: 'environment' as const })}
        tabIndex={-1}
        aria-label={label}
        aria-hidden="true"
        data-testid={inputId}
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          // Emptied, so that the same file can be chosen twice running.
          currentTarget.value = '';
          if (files.length > 0) acceptFiles(files, { named: true });
        }}
      />
      <button
        type="button"
        class={name}
        data-testid={testId}
        onClick={() => input.current?.click()}
      >
        {children}
      </button>
    </>
  );
}
