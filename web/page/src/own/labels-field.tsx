import { useRef } from 'preact/hooks';
import { type Encoding, LabelFileError, type LabelNote, readLabels } from 'shiwu/labels';
import { language } from '../state/language.js';
import type { Asking } from './asking.js';
import { answer, classesOf } from './asking.js';
import { giveLabels } from './put-in.js';
import { words } from './words.js';

/** How many names are said back. */
const SAID = 4;

export interface Check {
  readonly said: string;
  /** It will not do, and `said` is why. */
  readonly wrong: boolean;
  /** How it was read. */
  readonly notes: readonly Note[];
}

interface Note {
  readonly text: string;
  /** Something to look at again. */
  readonly doubtful: boolean;
}

/** What is written, as names. */
export function checkLabels(
  text: string,
  classes: number | null,
  encoding: Encoding | null,
): Check {
  const said = words.value;
  const wrong = (why: string): Check => ({ said: why, wrong: true, notes: [] });
  const yesOrNo = classes === 1;
  if (text.trim() === '') {
    return yesOrNo ? { said: said.unnamed, wrong: false, notes: [] } : wrong('');
  }
  try {
    const { labels, notes } = readLabels(text);
    const fits = labels.length === classes || (yesOrNo && labels.length === 2);
    if (classes !== null && !fits) {
      const off = labels.length - classes;
      const hint = off === 1 ? said.oneMore : off === -1 ? said.oneLess : '';
      return wrong(`${said.count(labels.length, classes)}${hint && !yesOrNo ? ` ${hint}` : ''}`);
    }
    const names = labels.slice(0, SAID).map(({ zh, en }) => (language.value === 'en' && en) || zh);
    const some = names.join(said.comma) + (labels.length > SAID ? said.more : '');
    const [first = '', second] = names;
    const all = notes.map(noteOf);
    if (encoding === 'GB18030') all.unshift({ text: said.encoding, doubtful: true });
    if (yesOrNo) {
      const meant = second === undefined ? said.yes(first) : said.noAndYes(first, second);
      all.push({ text: meant, doubtful: false });
    }
    return { said: said.read(labels.length, some), wrong: false, notes: all };
  } catch (error) {
    if (!(error instanceof LabelFileError)) throw error;
    const { problem } = error;
    const { gap, ...plain } = said.problem;
    return wrong(problem.kind === 'gap' ? gap(problem.at) : plain[problem.kind]);
  }
}

function noteOf(note: LabelNote): Note {
  const said = words.value;
  switch (note.kind) {
    case 'columns':
      return { text: said.columns(note.name, note.number), doubtful: false };
    case 'numbers':
      return { text: said.counted(note.first, note.last, note.complete), doubtful: true };
    case 'repeated':
      return { text: said.renamed(note.count), doubtful: true };
  }
}

interface Props extends Pick<Asking, 'network' | 'answers'> {
  readonly check: Check;
}

/** The names of the classes: written, pasted, or out of a file. */
export function LabelsField({ network, answers, check }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const said = words.value;
  const classes = classesOf(network);
  return (
    <div class="field">
      <label class="setting-title" for="own-labels">
        {said.labels}
      </label>
      <p id="own-labels-hint" class="setting-more">
        {said.labelsHint(classes)}
      </p>
      <textarea
        id="own-labels"
        class="field-input own-labels"
        rows={6}
        spellcheck={false}
        aria-describedby="own-labels-hint own-labels-read"
        aria-invalid={check.wrong && check.said !== ''}
        placeholder={said.labelsPlaceholder}
        value={answers.labels}
        data-testid="own-labels"
        onInput={({ currentTarget }) => answer({ labels: currentTarget.value })}
      />
      <p
        id="own-labels-read"
        class={check.wrong ? 'own-wrong' : 'setting-more'}
        role="status"
        data-testid="own-labels-read"
      >
        {check.said}
      </p>
      {check.notes.length > 0 && (
        <ul class="own-notes" data-testid="own-labels-notes">
          {check.notes.map(({ text, doubtful }) => (
            <li key={text} class={doubtful ? 'own-wrong' : 'setting-more'}>
              {text}
            </li>
          ))}
        </ul>
      )}
      <div class="own-actions">
        <input
          ref={input}
          class="unseen"
          type="file"
          accept=".txt,.csv,.tsv,.json,.names"
          tabIndex={-1}
          aria-hidden="true"
          aria-label={said.pick}
          data-testid="own-labels-input"
          onChange={({ currentTarget }) => {
            const [file] = currentTarget.files ?? [];
            if (file) void giveLabels(file);
            currentTarget.value = '';
          }}
        />
        <button
          type="button"
          class="button button-quiet"
          data-testid="own-pick-labels"
          onClick={() => input.current?.click()}
        >
          {said.pick}
        </button>
        {classes !== null && classes > 1 && (
          <button
            type="button"
            class="button button-quiet"
            data-testid="own-numbers"
            onClick={() => answer({ labels: numbered(classes) })}
          >
            {said.numbers}
          </button>
        )}
      </div>
    </div>
  );
}

function numbered(classes: number): string {
  return Array.from({ length: classes }, (_, i) => words.value.numbered(i)).join('\n');
}
