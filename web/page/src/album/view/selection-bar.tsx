import { signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import { guessOfName } from '../../names/find.js';
import { NameField } from '../../names/name-field.js';
import { calls } from '../actions.js';
import { remove } from '../removal.js';
import { correctAll, selected, selectedEntries } from '../selection.js';
import type { Guess } from '../types.js';
import { shown } from '../view-state.js';
import { words } from '../words.js';
import { isAsItWas, named } from './correction.js';
import { ExportMenu } from './export-menu.js';

/** What was done to many photos at once, and how to undo it. */
const done = signal<{ readonly text: string; readonly undo: () => void } | null>(null);

/** Chooses photos to be corrected together. */
export function SelectionBar() {
  const said = words.value;
  const [text, setText] = useState('');
  const chosen = selectedEntries();
  if (!selected.value) return null;
  const asked = selected.value;
  const take = (guess: Guess | null) => {
    // The name may have been looked up for a while.
    const still = chosen.filter(isAsItWas);
    if (!guess || still.length === 0) return;
    const what = said.correctedAll(still.length, calls(guess));
    void correctAll(still, guess).then((undo) => {
      done.value = { text: what, undo };
    });
    if (selected.value === asked) selected.value = new Set();
    setText('');
  };
  return (
    <section class="selection" aria-label={said.selection} data-testid="selection">
      <p class="selection-count" role="status">
        {said.selected(chosen.length)}
      </p>
      <button
        type="button"
        class="button-text"
        data-testid="select-all"
        onClick={() => {
          selected.value = new Set(shown.value.map(({ key }) => key));
        }}
      >
        {said.selectAll}
      </button>
      <form
        class="correction selection-form"
        onSubmit={(event) => {
          event.preventDefault();
          const [first] = chosen;
          if (first) void named(text, first).then(take);
        }}
      >
        <NameField
          label={said.theyAre}
          hint={said.itIsHint}
          testId="correction-all"
          text={text}
          onText={setText}
          onChoose={(name) => take(guessOfName(name))}
        />
        <button
          type="submit"
          class="button button-quiet"
          disabled={chosen.length === 0}
          data-testid="correct-all"
        >
          {said.correct}
        </button>
      </form>
      <ExportMenu />
      <button
        type="button"
        class="button-text"
        disabled={chosen.length === 0}
        data-testid="remove-selected"
        onClick={() => {
          selected.value = new Set();
          remove(chosen, said.removedSelected(chosen.length));
        }}
      >
        {said.removeSelected}
      </button>
      <button
        type="button"
        class="button-text"
        data-testid="select-end"
        onClick={() => {
          selected.value = null;
          done.value = null;
        }}
      >
        {said.selectEnd}
      </button>
      <p class="selection-done" role="status" data-testid="corrected-all">
        {done.value?.text}
        {done.value && (
          <button
            type="button"
            class="button-text"
            data-testid="uncorrect-all"
            onClick={() => {
              done.value?.undo();
              done.value = null;
            }}
          >
            {said.undo}
          </button>
        )}
      </p>
    </section>
  );
}
