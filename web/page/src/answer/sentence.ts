import type { Classification } from 'shiwu';
import type { Copy } from '../copy/index.js';
import { type Language, written } from '../state/language.js';
import { percent } from './format.js';
import { type Sentence, sentenceOf } from './tone.js';

/** The result as it is read aloud: the sentence, then the other candidates. `alone` as in tone.ts. */
export function spoken(
  result: Classification,
  words: Copy,
  language: Language,
  alone = false,
): string {
  const answer = sentenceOf(result, alone);
  if (!answer) return words.noneSure;
  const gap = language === 'en' ? ' ' : '';
  const sure = answer.prediction ? ` ${percent(answer.prediction.score)}` : '';
  const head = `${inWords(answer, words, language)}${sure}`;
  const others = result.predictions
    .filter((prediction) => prediction !== answer.prediction)
    .slice(0, 2)
    .map((one) => words.closestOne(labelIn(one, language), percent(one.score)));
  const rest = others.length ? words.announceOthers(others.join(words.listComma)) : '';
  return `${head}${words.sentenceEnd}${gap}${rest}`;
}

/** 应该是一种鸟; 看不出来 names nothing. */
export function inWords(answer: Sentence, { tone }: Copy, language: Language): string {
  const gap = language === 'en' && answer[language] ? ' ' : '';
  return `${tone[answer.tone]}${gap}${written(answer[language])}`;
}

/** A model of one's own may have Chinese names only. */
export function labelIn(
  names: { readonly label_zh: string; readonly label_en: string },
  language: Language,
): string {
  return language === 'zh' ? written(names.label_zh) : names.label_en || names.label_zh;
}
