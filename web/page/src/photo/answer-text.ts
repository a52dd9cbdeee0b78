import type { Classification } from 'shiwu';
import { percent } from '../answer/format.js';
import { inWords, labelIn } from '../answer/sentence.js';
import { sentenceOf } from '../answer/tone.js';
import { copy } from '../copy/index.js';
import { siteAddress } from '../state/address.js';
import { knowsOne } from '../state/classifier.js';
import { language } from '../state/language.js';
import { words } from './words.js';

/** The answer as one would write it to a friend: the sentence, the five closest, one a line, and where it was asked. */
export function answerText(result: Classification): string {
  const tongue = language.value;
  const { noneSure, sentenceEnd, closestOne } = copy.value;
  const answer = sentenceOf(result, knowsOne());
  const sentence = answer ? `${inWords(answer, copy.value, tongue)}${sentenceEnd}` : noneSure;
  const five = result.predictions.map((one) =>
    closestOne(labelIn(one, tongue), percent(one.score)),
  );
  return [
    sentence,
    ...five,
    ['—', words.value.signature, siteAddress()].filter(Boolean).join(' '),
  ].join('\n');
}
