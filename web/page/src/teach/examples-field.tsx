import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { hovering } from '../input/drop.js';
import { told } from '../state/language.js';
import { Picture } from '../view/picture.js';
import { examples, into, type Kind, MOST, put, takeAway } from './draft.js';
import { Shutter } from './shutter.js';
import { words } from './words.js';

interface Props {
  readonly kind: Kind;
  readonly title: string;
  readonly hint: string;
}

/** For which of them the camera is open: there is one. */
const camera = signal<Kind | null>(null);

/** Photos to learn from: let go here, chosen, pasted, or taken. */
export function ExamplesField({ kind, title, hint }: Props) {
  const said = words.value;
  const input = useRef<HTMLInputElement>(null);
  const isOpen = camera.value === kind;
  useEffect(
    () => () => {
      camera.value = null;
    },
    [],
  );
  const list = examples[kind].value;
  const full = list.length >= MOST;
  return (
    <fieldset
      class="examples"
      data-over={hovering.value && into.value === kind}
      data-testid={`examples-${kind}`}
      onDragOver={() => {
        into.value = kind;
      }}
    >
      <legend class="setting-title">{title}</legend>
      <p class="setting-more" data-testid={`examples-${kind}-hint`}>
        {hint}
      </p>
      {list.length > 0 && (
        <ul class="examples-list">
          {list.map((example, i) => (
            <li key={example.id} class="example" data-testid="example">
              <Picture of={example.file} alt={said.photoAlt(i + 1)} />
              <button
                type="button"
                class="example-remove"
                aria-label={said.remove(i + 1)}
                onClick={({ currentTarget }) => {
                  const field = currentTarget.closest('fieldset');
                  takeAway(example, kind);
                  field?.querySelector<HTMLElement>('.examples-pick')?.focus();
                }}
              >
                ×
              </button>
              {example.problem && (
                <p class="example-problem" data-testid="example-problem">
                  {told(example.problem)}
                </p>
              )}
            </li>
          ))}
        </ul>
      )}
      <div class="teach-row">
        <span class="examples-drop">{said.drop}</span>
        <input
          ref={input}
          class="unseen"
          type="file"
          accept="image/*"
          multiple
          tabIndex={-1}
          aria-hidden="true"
          aria-label={said.pick}
          data-testid={`examples-${kind}-input`}
          onChange={({ currentTarget }) => {
            put([...(currentTarget.files ?? [])], kind);
            currentTarget.value = '';
          }}
        />
        <button
          type="button"
          class="button button-quiet examples-pick"
          aria-disabled={full}
          data-testid={`examples-${kind}-pick`}
          onClick={() => {
            if (!full) input.current?.click();
          }}
        >
          {said.pick}
        </button>
        <button
          type="button"
          class="button button-quiet"
          aria-pressed={isOpen}
          data-testid={`examples-${kind}-camera`}
          onClick={() => {
            camera.value = isOpen ? null : kind;
          }}
        >
          {isOpen ? said.stopCamera : said.take}
        </button>
      </div>
      {isOpen && <Shutter take={(file) => put([file], kind)} />}
    </fieldset>
  );
}
