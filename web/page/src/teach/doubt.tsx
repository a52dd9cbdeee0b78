import { useEffect, useRef, useState } from 'preact/hooks';
import type { FoundName } from 'shiwu';
import type { Guess } from '../album/types.js';
import { percent } from '../answer/format.js';
import { isTaught } from '../answer/taught.js';
import { calledSo, findNames, guessOf, guessOfName, ownWord } from '../names/find.js';
import { choosing } from '../photo/region.js';
import { model } from '../state/classifier.js';
import { language, written } from '../state/language.js';
import { type Specimen, specimen } from '../state/specimen.js';
import { Sheet } from '../view/sheet.js';
import { correct, teachPhoto } from './acts.js';
import { teaching } from './hooks.js';
import { words } from './words.js';

type Named = Extract<Specimen, { kind: 'done' }>;

/** How many names are offered. */
const OFFERED = 6;

/** Not right? Then what is it: another name, something to be learnt, or a part of the photo. */
export function Doubt() {
  const said = words.value;
  const open = teaching.value === 'doubt';
  const named = useNamed();
  useEffect(() => {
    // Another photo has been let go over the page.
    if (open && !named) close();
  }, [open, named]);
  return (
    <Sheet
      open={open && named !== null}
      title={said.doubt}
      close={said.close}
      testId="doubt-sheet"
      onClose={close}
    >
      {named && <Form state={named} />}
    </Sheet>
  );
}

/** The photo on the table as it was last named: what is being written stays while it is named anew. */
function useNamed(): Named | null {
  const last = useRef<Named | null>(null);
  const state = specimen.value;
  if (state.kind === 'done') last.current = state;
  else if (state.kind === 'empty' || state.photo !== last.current?.photo) last.current = null;
  return last.current;
}

function close(): void {
  if (teaching.value === 'doubt') teaching.value = null;
}

function Form({ state }: { state: Named }) {
  const said = words.value;
  const [text, write] = useState('');
  const [busy, setBusy] = useState(false);
  const teachable = model.value.kind === 'ready' && model.value.info.model.teachable;
  const wanted = text.trim();
  const found = useFound(wanted);
  const teach = async (name: string, not = false) => {
    setBusy(true);
    if (await teachPhoto(name, state, not)) leave();
    setBusy(false);
  };
  const only = async () => {
    if (wanted === '') return;
    // Those shown may still be of an earlier text.
    const known = calledSo((await findNames(wanted)) ?? []);
    const now = specimen.value;
    // Not while it is named anew, nor another photo, nor once the sheet was closed.
    if (now.kind !== 'done' || now.photo !== state.photo || teaching.value !== 'doubt') return;
    correct(known ? guessOfName(known) : ownWord(wanted));
    leave();
  };
  return (
    <form
      class="doubt"
      onSubmit={(event) => {
        event.preventDefault();
        if (busy || wanted === '') return;
        if (teachable) void teach(wanted);
        else void only();
      }}
    >
      <label class="field">
        <span class="field-name">{said.itIs}</span>
        <input
          class="field-input"
          // Of fingers the keyboard would cover the names to choose among.
          autofocus={matchMedia('(pointer: fine)').matches}
          value={text}
          placeholder={said.itIsHint}
          autocomplete="off"
          spellcheck={false}
          aria-describedby="doubt-more"
          data-testid="doubt-name"
          onInput={({ currentTarget }) => write(currentTarget.value)}
        />
      </label>
      <Choices state={state} found={found} text={wanted} choose={(one) => write(calls(one))} />
      <p id="doubt-more" class="setting-more">
        {!teachable
          ? said.notTeachable
          : wanted === ''
            ? said.teachItBlank
            : said.teachItMore(wanted)}
      </p>
      <div class="teach-row">
        {teachable && (
          <button
            type="submit"
            class="button"
            aria-disabled={wanted === '' || busy}
            data-testid="doubt-teach"
          >
            {said.teachIt}
          </button>
        )}
        <button
          type="button"
          class="button button-quiet"
          aria-disabled={wanted === ''}
          data-testid="doubt-only"
          onClick={() => void only()}
        >
          {said.onlyHere}
        </button>
      </div>
      <Others state={state} teach={teach} />
    </form>
  );
}

/** Names to choose among: at first the ones that came close. */
function Choices({
  state,
  found,
  text,
  choose,
}: {
  state: Named;
  found: readonly FoundName[];
  text: string;
  choose: (choice: Guess) => void;
}) {
  const { answer, predictions } = state.result;
  const close = predictions.filter(({ id }) => id !== answer.id).map(guessOf);
  const offered = text === '' ? close : found.slice(0, OFFERED).map(guessOfName);
  return (
    <ul class="choices" aria-label={words.value.choices} data-testid="doubt-choices">
      {offered.map((one) => (
        <li key={one.id}>
          <button
            type="button"
            class="choice-name"
            aria-pressed={calls(one) === text}
            data-testid="doubt-choice"
            data-class-id={one.id}
            onClick={() => choose(one)}
          >
            <span>{calls(one)}</span>
            {text === '' && <span class="choice-score">{percent(one.score)}</span>}
          </button>
        </li>
      ))}
    </ul>
  );
}

function Others({
  state,
  teach,
}: {
  state: Named;
  teach: (name: string, not: boolean) => Promise<void>;
}) {
  const said = words.value;
  const { answer } = state.result;
  return (
    <div class="teach-row teach-others">
      {answer.kind === 'class' && isTaught(answer.id) && (
        <button
          type="button"
          class="button-text"
          data-testid="doubt-not"
          onClick={() => void teach(answer.label_zh, true)}
        >
          {said.notThis(answer.label_zh)}
        </button>
      )}
      {!state.region && (
        <button
          type="button"
          class="button-text"
          data-testid="doubt-box"
          onClick={() => {
            close();
            // Once the dialog has given the focus back.
            requestAnimationFrame(() => {
              choosing.value = true;
            });
          }}
        >
          {said.box}
        </button>
      )}
      <button
        type="button"
        class="button-text"
        data-testid="doubt-lessons"
        onClick={() => {
          teaching.value = 'lessons';
        }}
      >
        {said.more}
      </button>
    </div>
  );
}

/** The button that opened the sheet goes with the former answer. */
function leave(): void {
  close();
  requestAnimationFrame(() => document.querySelector<HTMLElement>('.label')?.focus());
}

/** The names that this text may mean. */
function useFound(text: string): readonly FoundName[] {
  const [found, set] = useState<readonly FoundName[]>([]);
  useEffect(() => {
    let here = true;
    const show = (names: readonly FoundName[] | null) => here && set(names ?? []);
    if (text === '') show([]);
    else void findNames(text).then(show);
    return () => {
      here = false;
    };
  }, [text]);
  return found;
}

const calls = ({ zh, en }: Guess) => (language.value === 'zh' ? written(zh) : en);
