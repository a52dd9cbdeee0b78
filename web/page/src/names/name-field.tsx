import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { FoundName } from 'shiwu';
import { language, written } from '../state/language.js';
import './name-field.css';
import { findNames } from './find.js';

/** More are not read; another letter tells them apart. */
const MOST = 40;

interface Props {
  readonly label: string;
  readonly hint: string;
  readonly testId: string;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly onChoose: (name: FoundName) => void;
  /** The names that `text` may mean, as soon as they are known. */
  readonly onFound?: (text: string, names: readonly FoundName[]) => void;
}

/** A field that offers all classes and categories as one types: by Chinese, pinyin or English. */
export function NameField({ label, hint, testId, text, onText, onChoose, onFound }: Props) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const [found, setFound] = useState<readonly FoundName[]>([]);
  const [known, setKnown] = useState('');
  const [at, setAt] = useState(-1);
  const [open, setOpen] = useState(false);

  useEffect(() => {
    let here = true;
    const show = (names: readonly FoundName[] | null) => {
      if (!here) return;
      setFound((names ?? []).slice(0, MOST));
      setKnown(text);
      setAt(-1);
      onFound?.(text, names ?? []);
    };
    if (text.trim() === '') show([]);
    else void findNames(text).then(show);
    return () => {
      here = false;
    };
  }, [text]);

  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: 'nearest' });
  }, [at]);

  const shown = open && found.length > 0;
  const choose = (name: FoundName) => {
    setOpen(false);
    onChoose(name);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing || !shown) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setAt((at + step + found.length + 1) % (found.length + 1));
    else if (event.key === 'Escape') setOpen(false);
    else if (event.key === 'Enter' && found[at]) choose(found[at]);
    else return;
    // Escape closes the list, and not yet what the field lies in.
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="name-field field-search">
      <label class="field">
        <span class="field-name">{label}</span>
        <input
          class="field-input"
          role="combobox"
          aria-expanded={shown}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-busy={known !== text}
          aria-activedescendant={shown && at >= 0 ? `${id}-${at}` : undefined}
          placeholder={hint}
          value={text}
          autocomplete="off"
          spellcheck={false}
          data-testid={testId}
          onInput={({ currentTarget }) => {
            setOpen(true);
            onText(currentTarget.value);
          }}
          onKeyDown={onKeyDown}
          onBlur={() => setOpen(false)}
        />
      </label>
      <div
        ref={list}
        id={`${id}-list`}
        class="name-list"
        role="listbox"
        tabIndex={-1}
        aria-label={label}
        hidden={!shown}
        data-testid={`${testId}-list`}
      >
        {found.map((name, n) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus, and takes the keys
          <div
            key={name.id}
            id={`${id}-${n}`}
            class="name-option"
            role="option"
            tabIndex={-1}
            aria-selected={n === at}
            data-id={name.id}
            // The field keeps the focus, and with it the phone's keyboard.
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => choose(name)}
          >
            <span>{called(name)}</span>
            <span class="name-more">{more(name)}</span>
          </div>
        ))}
      </div>
    </div>
  );
}

export function called({ label_zh, label_en }: FoundName): string {
  return language.value === 'zh' ? written(label_zh) : label_en;
}

/** Where it belongs, or for a category that lies in none, its name in the other language. */
function more({ kind, path, label_zh, label_en }: FoundName): string {
  const above = kind === 'category' ? path.at(-2) : path.at(-1);
  if (above) return language.value === 'zh' ? written(above.zh) : above.en;
  return language.value === 'zh' ? label_en : label_zh;
}
