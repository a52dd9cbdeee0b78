import './own.css';
import { useRef } from 'preact/hooks';
import { fileSize } from '../answer/format.js';
import { told } from '../state/language.js';
import { Choice } from '../view/choice.js';
import { Sheet } from '../view/sheet.js';
import {
  type Asking,
  answer,
  asking,
  classesOf,
  leaveUnasked,
  takesAnySize,
  tryAnswers,
} from './asking.js';
import { checkLabels, LabelsField } from './labels-field.js';
import { type Answers, bytesOf, COLORS, FITS, PIXELS, TASKS } from './own-model.js';
import { tensorText } from './tensor-text.js';
import { words } from './words.js';

/** What a model is, and what its file does not say. */
export function OwnSheet() {
  const now = asking.value;
  // The sheet keeps its words while it is being put away.
  const title = useRef('');
  if (now) title.current = words.value.title(now.own.file.name);
  return (
    <Sheet
      open={now !== null}
      title={title.current}
      close={words.value.cancel}
      testId="own-sheet"
      onClose={leaveUnasked}
    >
      {now && <Form now={now} />}
    </Sheet>
  );
}

function Form({ now }: { now: Asking }) {
  const said = words.value;
  const { own, network, answers, encoding, problem, trying } = now;
  const whole = network.inputs[0]?.type === 'uint8';
  const check = checkLabels(answers.labels, classesOf(network), encoding);
  const ready = !check.wrong;
  return (
    <form
      class="own-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) void tryAnswers();
      }}
    >
      <p class="explain-lead">{said.lead}</p>
      <dl class="knows own-facts" data-testid="own-facts">
        <Fact term={said.input} text={tensorText(network.inputs)} />
        <Fact term={said.output} text={tensorText(network.outputs)} />
        <Fact term={said.size} text={fileSize(bytesOf(own))} />
        {own.sha256 && <Fact term="SHA-256" text={own.sha256} />}
      </dl>
      <LabelsField network={network} answers={answers} check={check} />
      {/* Whole numbers can only be the pixels themselves. */}
      {!whole && <Pixels answers={answers} />}
      {takesAnySize(network) && <Side answers={answers} />}
      <details class="own-others">
        <summary>{said.others}</summary>
        <Others answers={answers} />
      </details>
      <div role="alert" class="own-problem" data-testid="own-problem">
        {problem && (
          <>
            <p>{told(problem)}</p>
            {problem.detail && (
              <p class="model-refused-detail" lang="en">
                {problem.detail}
              </p>
            )}
          </>
        )}
      </div>
      <button type="submit" class="button" disabled={!ready || trying} data-testid="own-use">
        {trying ? said.trying : said.use}
      </button>
    </form>
  );
}

function Fact({ term, text }: { term: string; text: string }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd class="explain-fact" lang="en">
        {text}
      </dd>
    </div>
  );
}

interface Part {
  readonly answers: Answers;
}

function Pixels({ answers }: Part) {
  const said = words.value;
  return (
    <div class="field">
      <Choice
        legend={said.pixels}
        name="own-pixels"
        values={PIXELS}
        value={answers.pixels}
        text={(value) => said.pixelsKinds[value]}
        onChoose={(pixels) => answer({ pixels })}
      />
      <p class="setting-more">{said.pixelsHint}</p>
    </div>
  );
}

function Side({ answers }: Part) {
  const said = words.value;
  return (
    <div class="field">
      <label class="setting-title" for="own-side">
        {said.side}
      </label>
      <p id="own-side-hint" class="setting-more">
        {said.sideHint}
      </p>
      <input
        id="own-side"
        class="field-input own-side"
        type="number"
        inputMode="numeric"
        required
        min={1}
        max={4096}
        aria-describedby="own-side-hint"
        value={answers.size ?? ''}
        data-testid="own-side"
        onInput={({ currentTarget }) => answer({ size: currentTarget.valueAsNumber || null })}
      />
    </div>
  );
}

function Others({ answers }: Part) {
  const said = words.value;
  return (
    <div class="own-form">
      <Choice
        legend={said.task}
        name="own-task"
        values={TASKS}
        value={answers.task}
        text={(value) => said.tasks[value]}
        onChoose={(task) => answer({ task })}
      />
      <Choice
        legend={said.color}
        name="own-color"
        values={COLORS}
        value={answers.color}
        text={(value) => said.colors[value]}
        onChoose={(color) => answer({ color })}
      />
      <Choice
        legend={said.fit}
        name="own-fit"
        values={FITS}
        value={answers.fit}
        text={(value) => said.fits[value]}
        onChoose={(fit) => answer({ fit })}
      />
    </div>
  );
}
