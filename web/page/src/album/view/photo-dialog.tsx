import { signal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { fileSize } from '../../answer/format.js';
import { toneOf } from '../../answer/tone.js';
import { copy, locale } from '../../copy/index.js';
import { turned } from '../../photo/turned.js';
import { language, told } from '../../state/language.js';
import { notice } from '../../state/specimen.js';
import { calls, showSimilar, takeOut } from '../actions.js';
import { atHand, entries, originalOf, thumbnailOf } from '../album-state.js';
import { momentOf } from '../dates.js';
import { nameAnyway } from '../run.js';
import { type Entry, type Guess, isLikely, nameOf, type Refusal } from '../types.js';
import { open, shown } from '../view-state.js';
import { words } from '../words.js';
import { Correction } from './correction.js';
import { Guesses } from './guesses.js';
import { keepInHistory } from './open-photo.js';
import { Zoomable } from './zoomable.js';

/** One photo, large: what it is taken for, and what can be done about that. */
export function PhotoDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const entry = entries.value.find(({ key }) => key === open.value);
  const there = entry !== undefined;
  useEffect(() => keepInHistory(window), []);
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
        // The event comes later than the closing: by then going forward may have opened it again.
        if (dialog.current?.open) return;
        open.value = null;
        atEnd.value = null;
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
      {entry && <Sheet entry={entry} close={() => dialog.current?.close()} />}
    </dialog>
  );
}

/** Set where there is no further photo in the list. */
const atEnd = signal<'first' | 'last' | null>(null);

/** To the neighbour in the list, as far as there is one. */
function step(by: number): void {
  const list = shown.value;
  const at = list.findIndex(({ key }) => key === open.value);
  const next = list[at + by];
  atEnd.value = at < 0 || next ? null : by < 0 ? 'first' : 'last';
  if (at >= 0 && next) open.value = next.key;
}

/** It stays when the next photo comes, and with it the focus: the arrows go on. */
function Sheet({ entry, close }: { entry: Entry; close: () => void }) {
  const said = words.value;
  const name = nameOf(entry);
  const other = name && (language.value === 'zh' ? name.en : name.zh);
  return (
    <div class="photo-sheet">
      <Large key={entry.key} entry={entry} />
      <div class="photo-side">
        <div class="photo-bar">
          <Place entry={entry} />
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
          <span data-testid="photo-date">{dateOf(entry)}</span>
        </p>
        <Guesses entry={entry} />
        <Correction key={entry.key} entry={entry} />
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
            class="button-text photo-take-out"
            data-testid="take-out"
            onClick={() => takeOut(entry)}
          >
            {said.remove}
          </button>
        </div>
        {/* The page's own remarks lie under the dialog. */}
        <p role="status" class="photo-notice" data-testid="photo-notice">
          {notice.value}
        </p>
      </div>
    </div>
  );
}

/** When it was taken, or, where no camera says so, what date its file has. */
function dateOf(entry: Entry): string {
  const said = words.value;
  const moment = momentOf(entry);
  if (!moment) return '';
  const options = { dateStyle: 'long', timeStyle: 'short' } as const;
  const time = new Date(moment.at).toLocaleString(locale.value, options);
  return moment.byCamera ? said.takenAt(time) : said.fileOf(time);
}

/** Which of how many; and that there is no further one, for those who wanted it. */
function Place({ entry }: { entry: Entry }) {
  const said = words.value;
  const list = shown.value;
  const at = list.findIndex(({ key }) => key === entry.key);
  return (
    <>
      {at >= 0 && (
        <span class="photo-place" data-testid="place">
          {said.place(at + 1, list.length)}
        </span>
      )}
      <span class="photo-end" role="status" data-testid="at-end">
        {atEnd.value && said.atEnd[atEnd.value]}
      </span>
    </>
  );
}

/** What went wrong; a photo that is merely large can be opened all the same, where it is at hand. */
function Refused({ entry, failure }: { entry: Entry; failure: Refusal }) {
  return (
    <>
      <p>{told(failure)}</p>
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

function Large({ entry }: { entry: Entry }) {
  const said = words.value;
  const [picture, setPicture] = useState<Found | null>(null);
  useEffect(() => {
    let here = true;
    void largest(entry.key).then((found) => {
      if (here && found) setPicture(found);
    });
    return () => {
      here = false;
    };
  }, [entry.key]);
  return (
    <div class="photo-picture">
      {picture && (
        <Zoomable
          of={picture.blob}
          alt={said.photoAlt(entry.path)}
          onError={() => setPicture(null)}
          onSwipe={step}
        />
      )}
      {picture?.small && <p class="photo-small">{said.notHere}</p>}
    </div>
  );
}

interface Found {
  readonly blob: Blob;
  /** The original is not here. */
  readonly small: boolean;
}

async function largest(key: string): Promise<Found | null> {
  const original = await originalOf(key);
  if (original) return { blob: await turned(original), small: false };
  const thumbnail = await thumbnailOf(key);
  return thumbnail && { blob: thumbnail, small: true };
}
