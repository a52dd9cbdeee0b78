import type { Classification } from 'shiwu';
import type { Copy } from '../copy/index.js';
import { type Language, written } from '../state/language.js';
import { percent } from './format.js';
import { answerOf } from './tone.js';

/** The result as it is read aloud: the sentence, then the other candidates. `alone` as in tone.ts. */
export function spoken(
  result: Classification,
  words: Copy,
  language: Language,
  alone = false,
): string {
  const answer = answerOf(result, alone);
  if (!answer) return words.noneSure;
  const gap = language === 'en' ? ' ' : '';
  const sure = answer.prediction ? ` ${percent(answer.prediction.score)}` : '';
  const head = `${words.tone[answer.tone]}${gap}${written(answer[language])}${sure}`;
  const others = result.predictions
    .filter((prediction) => prediction !== answer.prediction)
    .slice(0, 2)
    .map((one) => words.closestOne(labelIn(one, language), percent(one.score)));
  const rest = others.length ? words.announceOthers(others.join(words.listComma)) : '';
  return `${head}${words.sentenceEnd}${gap}${rest}`;
}

/** A model of one's own may have Chinese names only. */
export function labelIn(
  names: { readonly label_zh: string; readonly label_en: string },
  language: Language,
): string {
  return language === 'zh' ? written(names.label_zh) : names.label_en || names.label_zh;
}
