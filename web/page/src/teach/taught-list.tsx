import { useEffect, useRef, useState } from 'preact/hooks';
import type { TaughtCategory } from 'shiwu';
import { told } from '../state/language.js';
import { forgetName, renameTo, saveFile, saveModel, takeFile, undoLast } from './acts.js';
import { name } from './draft.js';
import { elsewhere, taught } from './lessons.js';
import { undoable } from './offers.js';
import { words } from './words.js';

/** What was taught, and what can be done about it. */
export function TaughtList({ teachable }: { teachable: boolean }) {
  const said = words.value;
  const title = useRef<HTMLHeadingElement>(null);
  const list = taught.value;
  return (
    <section class="taught" aria-labelledby="taught-title">
      <h3 ref={title} id="taught-title" class="setting-title" tabIndex={-1}>
        {said.list}
      </h3>
      <div class="taught-undo" role="status" data-testid="taught-undo">
        {undoable.value && (
          <>
            <span>{undoable.value.text}</span>
            <button
              type="button"
              class="button-text"
              data-testid="undo-lesson"
              onClick={() => {
                title.current?.focus();
                void undoLast();
              }}
            >
              {said.undo}
            </button>
          </>
        )}
      </div>
      {list.length === 0 && <p class="setting-more">{said.none}</p>}
      <ul class="taught-list" data-testid="taught-list">
        {list.map((one) => (
          <Row key={one.name} one={one} back={() => title.current?.focus()} />
        ))}
      </ul>
      <Elsewhere />
      {teachable && <Files any={list.length > 0} />}
    </section>
  );
}

function Row({ one, back }: { one: TaughtCategory; back: () => void }) {
  const said = words.value;
  const [renaming, rename] = useState(false);
  return (
    <li class="taught-row" data-testid="taught-row" data-name={one.name}>
      <p class="taught-name">
        <strong>{one.name}</strong>
        <span class="taught-count">
          {said.count(one.examples)}
          {one.counterexamples > 0 && `${said.comma}${said.countNot(one.counterexamples)}`}
        </span>
      </p>
      {renaming ? (
        <Rename
          from={one.name}
          done={() => {
            rename(false);
            back();
          }}
        />
      ) : (
        <div class="taught-acts">
          <button
            type="button"
            class="button-text"
            aria-label={`${said.addTo}: ${one.name}`}
            data-testid="taught-add"
            onClick={() => {
              name.value = one.name;
              document.getElementById('lesson-name')?.focus();
            }}
          >
            {said.addTo}
          </button>
          <button
            type="button"
            class="button-text"
            aria-label={`${said.rename}: ${one.name}`}
            data-testid="taught-rename"
            onClick={() => rename(true)}
          >
            {said.rename}
          </button>
          <button
            type="button"
            class="button-text"
            aria-label={`${said.forget}: ${one.name}`}
            data-testid="taught-forget"
            onClick={() => {
              back();
              void forgetName(one.name);
            }}
          >
            {said.forget}
          </button>
        </div>
      )}
    </li>
  );
}

/** Another name; that of another thing makes the two one. */
function Rename({ from, done }: { from: string; done: () => void }) {
  const said = words.value;
  const input = useRef<HTMLInputElement>(null);
  const [text, write] = useState(from);
  const to = text.trim();
  const merges = to !== from && taught.value.some(({ name }) => name === to);
  useEffect(() => input.current?.select(), []);
  return (
    <form
      class="taught-rename"
      onSubmit={(event) => {
        event.preventDefault();
        if (to === '') return;
        if (to !== from) void renameTo(from, to);
        done();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        // Else the sheet would close.
        event.preventDefault();
        event.stopPropagation();
        done();
      }}
    >
      <label class="field">
        <span class="field-name">{said.renameTo}</span>
        <input
          ref={input}
          class="field-input"
          value={text}
          autocomplete="off"
          aria-describedby="rename-hint"
          data-testid="rename-to"
          onInput={({ currentTarget }) => write(currentTarget.value)}
        />
      </label>
      <p id="rename-hint" class="setting-more">
        {said.renameHint}
      </p>
      <div class="teach-row">
        <button type="submit" class="button button-quiet" data-testid="rename-do">
          {merges ? said.mergeDo(to) : said.renameDo}
        </button>
        <button type="button" class="button-text" onClick={done}>
          {said.cancel}
        </button>
      </div>
    </form>
  );
}

/** What other models were taught is kept for them. */
function Elsewhere() {
  const said = words.value;
  if (elsewhere.value.length === 0) return null;
  return (
    <ul class="taught-elsewhere" data-testid="taught-elsewhere">
      {elsewhere.value.map(({ stamp, names, model }) => (
        <li key={stamp} class="setting-more">
          {said.elsewhere(names.join(said.comma), told(model))}
        </li>
      ))}
    </ul>
  );
}

function Files({ any }: { any: boolean }) {
  const said = words.value;
  const input = useRef<HTMLInputElement>(null);
  return (
    <div class="teach-row">
      {any && (
        <button
          type="button"
          class="button button-quiet"
          data-testid="taught-export"
          onClick={() => void saveFile()}
        >
          {said.export}
        </button>
      )}
      {any && (
        <button
          type="button"
          class="button button-quiet"
          data-testid="taught-bake"
          onClick={() => void saveModel()}
        >
          {said.bake}
        </button>
      )}
      {/* Any file: phones know no such type, and would let none be chosen. */}
      <input
        ref={input}
        class="unseen"
        type="file"
        tabIndex={-1}
        aria-hidden="true"
        aria-label={said.import}
        data-testid="taught-input"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          currentTarget.value = '';
          if (file) void takeFile(file);
        }}
      />
      <button
        type="button"
        class="button button-quiet"
        data-testid="taught-import"
        onClick={() => input.current?.click()}
      >
        {said.import}
      </button>
    </div>
  );
}
