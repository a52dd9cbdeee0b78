import './about.css';
import { useEffect } from 'preact/hooks';
import type { Description } from 'shiwu';
import { copy } from '../copy/index.js';
import { language, told, written } from '../state/language.js';
import { read, reading, stopReading, voice } from './speech.js';
import { words } from './words.js';

export { descriptionOf } from './known.js';

/** Under the name: a sentence or two of what it is, and a button that reads both aloud. */
export function About({ description }: { description: Description }) {
  const { label_zh, label_en, label_pinyin, about_zh, about_en } = description;
  const sentence = told({ zh: about_zh, en: about_en });
  const name = language.value === 'en' ? label_en : written(label_zh);
  // Of what has left the table nothing is read on.
  useEffect(() => stopReading, [name]);
  return (
    <>
      {/* Above the name it is for the eyes only, and in English it is read with the Chinese name. */}
      {language.value === 'zh' && (
        <p class="unseen" lang="zh-Latn-pinyin">
          {label_pinyin}
        </p>
      )}
      <p class="about-text" data-testid="about">
        {sentence}
      </p>
      {voice.value && <ReadButton text={`${name}${copy.value.sentenceEnd} ${sentence}`} />}
    </>
  );
}

function ReadButton({ text }: { text: string }) {
  const on = reading.value === text;
  return (
    <button
      type="button"
      class="read-button"
      data-testid="read"
      data-reading={on}
      onClick={() => (on ? stopReading() : read(text))}
    >
      <svg class="read-icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
        <path
          d={
            on
              ? 'M6 6h8v8H6z'
              : 'M3 8v4h3l4 3.5v-11L6 8zM13 7.5a3.5 3.5 0 0 1 0 5M15 5a7 7 0 0 1 0 10'
          }
        />
      </svg>
      {on ? words.value.stop : words.value.read}
    </button>
  );
}
