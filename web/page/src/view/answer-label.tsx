import type { Classification, Description } from 'shiwu';
import { beyondNames } from '../about/late.js';
import { percent } from '../answer/format.js';
import { labelIn } from '../answer/sentence.js';
import { type Sentence, sentenceOf } from '../answer/tone.js';
import { copy } from '../copy/index.js';
import { isOwn, knowsOne } from '../state/classifier.js';
import { inScript, language, traditional, written } from '../state/language.js';
import { teaching } from '../teach/hooks.js';
import { Candidates } from './candidates.js';
import { TimeTaken } from './time-taken.js';

/** The answer: one sentence, where it belongs, and the five closest. */
export function AnswerLabel({ result }: { result: Classification }) {
  const answer = sentenceOf(result, knowsOne());
  if (!answer) return <NoAnswer result={result} />;
  const beyond = beyondNames();
  const description = beyond?.descriptionOf(answer) ?? null;
  return (
    <div
      class="answer"
      data-testid="answer"
      data-tone={answer.tone}
      data-class-id={result.predictions[0]?.id}
    >
      <Headline answer={answer} description={description} />
      <div class="facts">
        <Path answer={answer} />
        <Beside answer={answer} result={result} description={description} />
      </div>
      {(description || !isOwn()) && (
        <div class="about">
          {beyond && description && <beyond.About description={description} />}
        </div>
      )}
      <Candidates predictions={result.predictions} />
      <div class="label-foot">
        {result.image.truncated && (
          <p class="incomplete" data-testid="incomplete">
            {copy.value.incomplete}
          </p>
        )}
        <Foot result={result} />
      </div>
    </div>
  );
}

/** The visitor may know better. */
function Foot({ result }: { result: Classification }) {
  return (
    <div class="answer-foot">
      <button
        type="button"
        class="button-text"
        aria-haspopup="dialog"
        data-testid="doubt"
        onClick={() => {
          teaching.value = 'doubt';
        }}
      >
        {copy.value.doubt}
      </button>
      <TimeTaken result={result} />
    </div>
  );
}

/** A tagger may find nothing of what it knows. */
function NoAnswer({ result }: { result: Classification }) {
  return (
    <div class="answer" data-testid="answer">
      <h2 id="headline" class="headline" data-testid="headline">
        <span class="headline-name">{copy.value.failed}</span>
      </h2>
      <p class="intro">{copy.value.noneSure}</p>
      <div class="label-foot">
        <Foot result={result} />
      </div>
    </div>
  );
}

interface Described {
  readonly answer: Sentence;
  /** Null: it is on its way, or there is none. */
  readonly description: Description | null;
}

function Headline({ answer, description }: Described) {
  const chinese = language.value === 'zh';
  const name = written(answer[language.value]) || copy.value.tone.lost;
  const other = chinese ? answer.en : answer.zh;
  const pinyin = description?.label_pinyin;
  return (
    <>
      <h2 id="headline" class="headline" data-testid="headline">
        {answer.tone !== 'lost' && (
          <>
            <span class="headline-lead">{copy.value.tone[answer.tone]}</span>{' '}
          </>
        )}
        {/* Read out below, where it does not interrupt the sentence. */}
        {chinese && (pinyin || !isOwn()) && (
          <span class="headline-pinyin" aria-hidden="true" data-testid="pinyin">
            {pinyin}
          </span>
        )}
        <span class="headline-name" data-length={lengthOf(name, chinese)}>
          {name}
        </span>
      </h2>
      <p class="headline-other" lang={chinese ? 'en' : 'zh-CN'}>
        {other !== answer[language.value] && other}
        {!chinese && pinyin && <span lang="zh-Latn-pinyin"> {pinyin}</span>}
      </p>
    </>
  );
}

/** A long name is set smaller, so that it keeps to its lines. */
function lengthOf(name: string, chinese: boolean): 'short' | 'medium' | 'long' {
  const width = chinese ? name.length * 2 : name.length;
  if (width <= 12) return 'short';
  return width <= 20 ? 'medium' : 'long';
}

function Path({ answer }: { answer: Sentence }) {
  return (
    <ol class="path" data-testid="path">
      {answer.path.map((category) => (
        <li key={category.id}>{written(category[language.value])}</li>
      ))}
    </ol>
  );
}

/** Other names of the class, or, where none is sure, the closest classes. */
function Beside({ answer, description, result }: Described & { result: Classification }) {
  const words = copy.value;
  if (!answer.prediction) {
    const closest = result.predictions
      .slice(0, 2)
      .map((one) => words.closestOne(labelIn(one, language.value), percent(one.score)));
    return <p class="beside">{words.closest(closest.join(words.listComma))}</p>;
  }
  const aliases =
    (traditional.value && description?.aliases_zh_hant) || answer.prediction.aliases.map(inScript);
  if (aliases.length === 0) return <p class="beside" />;
  return (
    <p class="beside" lang={traditional.value ? 'zh-Hant' : 'zh-CN'}>
      {words.aliases(aliases.slice(0, 3).join('、'))}
    </p>
  );
}
