import { useRef } from 'preact/hooks';
import { language } from '../state/language.js';
import type { Asking } from './asking.js';
import { answer, classesOf } from './asking.js';
import { LabelFileError, readLabels } from './label-file.js';
import { giveLabels } from './put-in.js';
import { words } from './words.js';

/** How many names are said back. */
const SAID = 4;

/** What is written, as names; `wrong` says why it will not do. */
export function checkLabels(
  text: string,
  classes: number | null,
): { said: string; wrong: boolean } {
  const said = words.value;
  if (text.trim() === '') return { said: '', wrong: true };
  try {
    const { labels, renamed } = readLabels(text);
    if (classes !== null && labels.length !== classes) {
      const off = labels.length - classes;
      const hint = off === 1 ? said.oneMore : off === -1 ? said.oneLess : '';
      return { said: `${said.count(labels.length, classes)}${hint && ` ${hint}`}`, wrong: true };
    }
    const names = labels.slice(0, SAID).map(({ zh, en }) => (language.value === 'en' && en) || zh);
    const some = names.join(said.comma) + (labels.length > SAID ? said.more : '');
    const note = renamed > 0 ? ` ${said.renamed(renamed)}` : '';
    return { said: said.read(labels.length, some) + note, wrong: false };
  } catch (error) {
    if (!(error instanceof LabelFileError)) throw error;
    const { problem } = error;
    const { gap, ...plain } = said.problem;
    return { said: problem.kind === 'gap' ? gap(problem.at) : plain[problem.kind], wrong: true };
  }
}

interface Props extends Pick<Asking, 'network' | 'answers'> {
  readonly check: ReturnType<typeof checkLabels>;
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
        {classes !== null && (
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
