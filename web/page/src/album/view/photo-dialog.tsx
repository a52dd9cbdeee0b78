import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { fileSize, percent } from '../../answer/format.js';
import { toneOf } from '../../answer/tone.js';
import { copy } from '../../copy/index.js';
import { turned } from '../../photo/turned.js';
import { language } from '../../state/language.js';
import { calls, guessCalled, showSimilar, takeOut } from '../actions.js';
import { atHand, correct, entries, originalOf, thumbnailOf } from '../album-state.js';
import { nameAnyway } from '../run.js';
import { type Entry, type Guess, isLikely, nameOf, type Refusal } from '../types.js';
import { open, shown } from '../view-state.js';
import { words } from '../words.js';

/** One photo, large: what it is taken for, and what can be done about that. */
export function PhotoDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const entry = entries.value.find(({ key }) => key === open.value);
  const there = entry !== undefined;
  useLayoutEffect(() => {
    if (there) dialog.current?.showModal();
    else dialog.current?.close();
  }, [there]);
  return (
    <dialog
      ref={dialog}
      class="sheet-dialog"
      aria-labelledby="photo-name"
      data-testid="photo-dialog"
      onClose={() => {
        open.value = null;
      }}
      onClick={(event) => {
        if (event.target === dialog.current) dialog.current?.close();
      }}
      onKeyDown={(event) => {
        if (event.target instanceof HTMLInputElement) return;
        if (event.key === 'ArrowLeft') step(-1);
        if (event.key === 'ArrowRight') step(1);
      }}
    >
      {entry && <Sheet key={entry.key} entry={entry} close={() => dialog.current?.close()} />}
    </dialog>
  );
}

/** To the neighbour in the list, as far as there is one. */
function step(by: number): void {
  const list = shown.value;
  const at = list.findIndex(({ key }) => key === open.value);
  const next = list[at + by];
  if (at >= 0 && next) open.value = next.key;
}

function Sheet({ entry, close }: { entry: Entry; close: () => void }) {
  const said = words.value;
  const name = nameOf(entry);
  const other = name && (language.value === 'zh' ? name.en : name.zh);
  return (
    <div class="photo-sheet">
      <Picture entry={entry} />
      <div class="photo-side">
        <div class="photo-bar">
          <button type="button" class="button-text" data-testid="previous" onClick={() => step(-1)}>
            {said.previous}
          </button>
          <button type="button" class="button-text" data-testid="next" onClick={() => step(1)}>
            {said.next}
          </button>
          <button type="button" class="button-text" data-testid="close" onClick={close}>
            {said.close}
          </button>
        </div>
        <h3 id="photo-name" class="photo-name" data-testid="photo-name" aria-live="polite">
          {headline(entry, name)}
        </h3>
        {name && other !== calls(name) && (
          <p class="photo-other" lang={language.value === 'zh' ? 'en' : 'zh-CN'}>
            {other}
          </p>
        )}
        {entry.failure && !entry.corrected && <Refused entry={entry} failure={entry.failure} />}
        <p class="photo-facts">
          {entry.path}
          {entry.width > 0 && (
            <span>{said.facts(entry.width, entry.height, fileSize(entry.size))}</span>
          )}
        </p>
        <Guesses entry={entry} />
        <Correction entry={entry} />
        <div class="photo-actions">
          <button
            type="button"
            class="button button-quiet"
            data-testid="similar"
            onClick={() => void showSimilar(entry)}
          >
            {said.similar}
          </button>
          <button
            type="button"
            class="button button-quiet"
            data-testid="take-out"
            onClick={() => takeOut(entry)}
          >
            {said.remove}
          </button>
        </div>
      </div>
    </div>
  );
}

/** What went wrong; a photo that is merely large can be opened all the same, where it is at hand. */
function Refused({ entry, failure }: { entry: Entry; failure: Refusal }) {
  return (
    <>
      <p>{failure[language.value]}</p>
      {failure.anyway && atHand.value.has(entry.key) && (
        <button
          type="button"
          class="button button-quiet"
          data-testid="open-anyway"
          onClick={() => void nameAnyway(entry.key)}
        >
          {copy.value.openAnyway}
        </button>
      )}
    </>
  );
}

function headline(entry: Entry, name: Guess | null): string {
  const { waiting, failed } = words.value;
  if (!name) return entry.state === 'failed' ? failed : waiting;
  const gap = language.value === 'en' ? ' ' : '';
  return `${lead(entry)}${gap}${calls(name)}`;
}

/** How sure the sentence sounds, as with a single photo. */
function lead(entry: Entry): string {
  const { tone } = copy.value;
  if (entry.corrected) return tone.sure;
  return entry.answer && isLikely(entry) ? tone[toneOf(entry.answer)] : words.value.perhaps;
}

function Picture({ entry }: { entry: Entry }) {
  const said = words.value;
  const [picture, setPicture] = useState<{ url: string; small: boolean } | null>(null);
  useEffect(() => {
    let here = true;
    let url = '';
    void largest(entry.key).then((found) => {
      if (!here || !found) return;
      url = URL.createObjectURL(found.blob);
      setPicture({ url, small: found.small });
    });
    return () => {
      here = false;
      if (url) URL.revokeObjectURL(url);
    };
  }, [entry.key]);
  return (
    <div class="photo-picture">
      {picture && (
        <img
          src={picture.url}
          alt={said.photoAlt(entry.path)}
          onError={() => setPicture(null)}
          data-testid="photo-large"
        />
      )}
      {picture?.small && <p class="photo-small">{said.notHere}</p>}
    </div>
  );
}

async function largest(key: string): Promise<{ blob: Blob; small: boolean } | null> {
  const original = await originalOf(key);
  if (original) return { blob: await turned(original), small: false };
  const thumbnail = await thumbnailOf(key);
  return thumbnail && { blob: thumbnail, small: true };
}

/** Each is a button: the right one may be among them. */
function Guesses({ entry }: { entry: Entry }) {
  const said = words.value;
  if (entry.guesses.length === 0) return null;
  return (
    <ul class="guesses" aria-label={said.guesses}>
      {entry.guesses.map((guess) => (
        <li key={guess.id}>
          <button
            type="button"
            class="guess"
            aria-label={`${said.choose(calls(guess))} ${percent(guess.score)}`}
            aria-pressed={nameOf(entry)?.id === guess.id}
            data-testid="guess"
            data-class-id={guess.id}
            onClick={() => correct(entry, { ...guess, score: 1 })}
          >
            <span>{calls(guess)}</span>
            <span class="guess-percent">{percent(guess.score)}</span>
            <span class="track" aria-hidden="true">
              <span class="track-fill" style={{ transform: `scaleX(${guess.score})` }} />
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** The visitor knows better. */
function Correction({ entry }: { entry: Entry }) {
  const said = words.value;
  const input = useRef<HTMLInputElement>(null);
  const names = [...new Set(entries.value.flatMap((one) => nameOf(one) ?? []).map(calls))];
  return (
    <form
      class="correction"
      onSubmit={(event) => {
        event.preventDefault();
        const guess = guessCalled(input.current?.value ?? '', entry);
        if (guess) correct(entry, guess);
        if (input.current) input.current.value = '';
      }}
    >
      <label class="field field-search">
        <span class="field-name">{said.itIs}</span>
        <input
          ref={input}
          class="field-input"
          list="album-names"
          placeholder={said.itIsHint}
          autocomplete="off"
          data-testid="correction"
        />
      </label>
      <datalist id="album-names">
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <button type="submit" class="button button-quiet" data-testid="correct">
        {said.correct}
      </button>
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
