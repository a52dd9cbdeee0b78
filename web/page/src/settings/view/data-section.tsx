import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { fileSize } from '../../answer/format.js';
import { type Outcome, outcome, restore, saveAll, type Task, task } from '../../backup/acts.js';
import { summary, words } from '../../backup/words.js';
import { told } from '../../state/language.js';
import { measureStorage } from '../storage.js';

/** Everything that a person made here: out as one file, and in again. */
export function DataSection() {
  const said = words.value;
  const input = useRef<HTMLInputElement>(null);
  const section = useRef<HTMLElement>(null);
  const under = task.value;
  // What was taken back takes room.
  useEffect(() => {
    if (outcome.value) void measureStorage();
  }, [outcome.value]);
  // A file that was dropped on the page is at work before this is there.
  const busy = under !== null;
  useLayoutEffect(() => {
    if (busy || outcome.peek()) section.current?.scrollIntoView({ block: 'nearest' });
  }, [busy]);
  return (
    <section ref={section} class="setting" aria-labelledby="data-title" aria-busy={busy}>
      <h3 id="data-title" class="setting-title">
        {said.title}
      </h3>
      <p class="setting-more">{said.lead}</p>
      <div class="room-actions">
        <button
          type="button"
          class="button button-quiet"
          aria-disabled={busy}
          data-testid="backup-save"
          onClick={() => void saveAll()}
        >
          {said.save}
        </button>
        <button
          type="button"
          class="button button-quiet"
          aria-disabled={busy}
          data-testid="backup-restore"
          onClick={() => !busy && input.current?.click()}
        >
          {said.restore}
        </button>
        <input
          ref={input}
          type="file"
          accept=".zip,application/zip"
          hidden
          data-testid="backup-file"
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.[0];
            // The same file again is a change too.
            currentTarget.value = '';
            if (file) void restore(file);
          }}
        />
      </div>
      <p class="setting-more">{said.rule}</p>
      {under && <Progress {...under} />}
      <p role="status" class="data-outcome" data-testid="backup-outcome">
        {outcome.value && sentence(outcome.value)}
      </p>
    </section>
  );
}

function Progress({ kind, done, all, stop }: Task) {
  const said = words.value;
  const text =
    kind === 'saving'
      ? said.saving(fileSize(done))
      : said[kind](fileSize(done), fileSize(all ?? done));
  return (
    <div class="data-progress" data-testid="backup-progress">
      <progress
        class="data-bar"
        max={all ?? undefined}
        value={all === null ? undefined : done}
        aria-label={text}
      />
      <span>{text}</span>
      {stop && (
        <button type="button" class="button-text" onClick={stop}>
          {said.stop}
        </button>
      )}
    </div>
  );
}

function sentence(what: Outcome): string {
  const said = words.value;
  switch (what.kind) {
    case 'saved':
      return said.saved(what.name);
    case 'restored':
      return summary(what.what);
    case 'refused':
      return told(what.failure);
    default:
      return said[what.kind];
  }
}
