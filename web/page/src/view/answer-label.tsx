import type { Classification } from 'shiwu';
import { percent } from '../answer/format.js';
import { labelIn } from '../answer/sentence.js';
import { type Sentence, sentenceOf } from '../answer/tone.js';
import { copy } from '../copy/index.js';
import { knowsOne } from '../state/classifier.js';
import { language } from '../state/language.js';
import { Candidates } from './candidates.js';
import { TimeTaken } from './time-taken.js';

/** The answer: one sentence, where it belongs, and the five closest. */
export function AnswerLabel({ result }: { result: Classification }) {
  const answer = sentenceOf(result, knowsOne());
  if (!answer) return <NoAnswer result={result} />;
  return (
    <div
      class="answer"
      data-testid="answer"
      data-tone={answer.tone}
      data-class-id={result.predictions[0]?.id}
    >
      <Headline answer={answer} />
      <div class="facts">
        <Path answer={answer} />
        <Beside answer={answer} result={result} />
      </div>
      <Candidates predictions={result.predictions} />
      <div class="label-foot">
        {result.image.truncated && (
          <p class="incomplete" data-testid="incomplete">
            {copy.value.incomplete}
          </p>
        )}
        <TimeTaken result={result} />
      </div>
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
        <TimeTaken result={result} />
      </div>
    </div>
  );
}

function Headline({ answer }: { answer: Sentence }) {
  const chinese = language.value === 'zh';
  const name = answer[language.value] || copy.value.tone.lost;
  const other = chinese ? answer.en : answer.zh;
  return (
    <>
      <h2 id="headline" class="headline" data-testid="headline">
        {answer.tone !== 'lost' && (
          <>
            <span class="headline-lead">{copy.value.tone[answer.tone]}</span>{' '}
          </>
        )}
        <span class="headline-name" data-length={lengthOf(name, chinese)}>
          {name}
        </span>
      </h2>
      <p class="headline-other" lang={chinese ? 'en' : 'zh-CN'}>
        {other !== name && other}
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
        <li key={category.id}>{category[language.value]}</li>
      ))}
    </ol>
  );
}

/** Other names of the class, or, where none is sure, the closest classes. */
function Beside({ answer, result }: { answer: Sentence; result: Classification }) {
  const words = copy.value;
  if (!answer.prediction) {
    const closest = result.predictions
      .slice(0, 2)
      .map((one) => words.closestOne(labelIn(one, language.value), percent(one.score)));
    return <p class="beside">{words.closest(closest.join(words.listComma))}</p>;
  }
  const { aliases } = answer.prediction;
  if (aliases.length === 0) return <p class="beside" />;
  return (
    <p class="beside" lang="zh-CN">
      {words.aliases(aliases.slice(0, 3).join('、'))}
    </p>
  );
}
