import { useEffect, useRef } from 'preact/hooks';
import { model } from '../state/classifier.js';
import { Sheet } from '../view/sheet.js';
import { adviceOn, learn, learning } from './acts.js';
import { examples, name, status } from './draft.js';
import { ExamplesField } from './examples-field.js';
import { teaching } from './hooks.js';
import { readLessons, taught } from './lessons.js';
import { TaughtList } from './taught-list.js';
import { words } from './words.js';

/** Teaches new things, and lists what was taught. */
export function LessonsSheet() {
  const said = words.value;
  const open = teaching.value === 'lessons';
  useEffect(() => {
    if (open) void readLessons();
  }, [open]);
  const teachable = model.value.kind === 'ready' && model.value.info.model.teachable;
  return (
    <Sheet
      open={open}
      title={said.title}
      close={said.close}
      testId="lessons-sheet"
      onClose={() => {
        if (teaching.value === 'lessons') teaching.value = null;
        status.value = '';
      }}
    >
      <p class="explain-lead">{teachable ? said.lead : said.notTeachable}</p>
      {teachable && <Form />}
      <TaughtList teachable={teachable} />
    </Sheet>
  );
}

function Form() {
  const said = words.value;
  const input = useRef<HTMLInputElement>(null);
  const called = name.value.trim();
  const known = taught.value.find((each) => each.name === called);
  const put = examples.shown.value.length;
  const all = put + (known?.examples ?? 0);
  const under = learning.value;
  return (
    <form
      class="lesson"
      aria-busy={under !== null}
      onSubmit={(event) => {
        event.preventDefault();
        void learn();
      }}
    >
      <label class="field">
        <span class="field-name">{said.name}</span>
        <input
          ref={input}
          id="lesson-name"
          class="field-input"
          list="lesson-names"
          placeholder={said.nameHint}
          autocomplete="off"
          value={name.value}
          data-testid="lesson-name"
          onInput={({ currentTarget }) => {
            name.value = currentTarget.value;
          }}
        />
      </label>
      <datalist id="lesson-names">
        {taught.value.map((each) => (
          <option key={each.name} value={each.name} />
        ))}
      </datalist>
      <ExamplesField
        kind="shown"
        title={said.photos}
        hint={all === 0 ? said.photosHint : adviceOn(all)}
      />
      <details class="lesson-not">
        <summary>{said.nots}</summary>
        <ExamplesField kind="not" title={said.nots} hint={said.notsHint} />
      </details>
      <div class="teach-row">
        <button type="submit" class="button" aria-disabled={under !== null} data-testid="learn">
          {under ? said.learning(under.done, under.all) : said.learn}
        </button>
        {under && (
          <progress
            class="lesson-progress"
            value={under.done}
            max={under.all}
            aria-label={said.learning(under.done, under.all)}
          />
        )}
      </div>
      <p class="lesson-status" role="status" data-testid="lesson-status">
        {status.value}
      </p>
    </form>
  );
}
