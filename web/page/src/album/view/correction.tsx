import { useRef, useState } from 'preact/hooks';
import type { FoundName } from 'shiwu';
import { calledSo, findNames, guessOfName } from '../../names/find.js';
import { NameField } from '../../names/name-field.js';
import { calls, guessCalled } from '../actions.js';
import { correct, entries } from '../album-state.js';
import type { Entry, Guess } from '../types.js';
import { words } from '../words.js';

/** The visitor knows better: what the photo is, of all names and categories or in words of their own. */
export function Correction({ entry }: { entry: Entry }) {
  const said = words.value;
  const [text, setText] = useState('');
  /** Looked up while it was typed, so that a correction waits for nothing. */
  const found = useRef<{ text: string; names: readonly FoundName[] } | null>(null);
  const take = (guess: Guess | null) => {
    if (guess) void correct(entry, guess);
    setText('');
  };
  return (
    <form
      class="correction"
      onSubmit={(event) => {
        event.preventDefault();
        const { current } = found;
        if (current?.text === text) take(nameAmong(current.names, text, entry));
        else void named(text, entry).then((guess) => isAsItWas(entry) && take(guess));
      }}
    >
      <NameField
        label={said.itIs}
        hint={said.itIsHint}
        testId="correction"
        text={text}
        onText={setText}
        onChoose={(name: FoundName) => take(guessOfName(name))}
        onFound={(text, names) => {
          found.current = { text, names };
        }}
      />
      <button type="submit" class="button button-quiet" data-testid="correct">
        {said.correct}
      </button>
      <p class="correction-said" role="status" data-testid="corrected">
        {entry.corrected && said.corrected(calls(entry.corrected))}
      </p>
      {entry.corrected && (
        <button
          type="button"
          class="button-text"
          data-testid="uncorrect"
          onClick={() => correct(entry, null)}
        >
          {said.uncorrect}
        </button>
      )}
    </form>
  );
}

/** Whether nothing else has been said of it while a name was looked up. */
export function isAsItWas({ key, corrected }: Entry): boolean {
  return entries.value.some((each) => each.key === key && each.corrected?.id === corrected?.id);
}

export async function named(text: string, entry: Entry): Promise<Guess | null> {
  if (text.trim() === '') return null;
  return nameAmong((await findNames(text)) ?? [], text, entry);
}

/** What this album is called already comes first: another model's class, or a name given before. */
function nameAmong(names: readonly FoundName[], text: string, entry: Entry): Guess | null {
  const known = guessCalled(text, entry);
  if (!known?.id.startsWith('own:')) return known;
  const found = calledSo(names);
  return found ? guessOfName(found) : known;
}
