import type { Entry, Guess } from '../../../web/page/src/album/types.js';
import type { Answer } from '../../../web/src/types.js';

/** Classes as the bundled model names them. */
export const TABBY: Guess = {
  id: 'n02123045',
  zh: '虎斑猫',
  en: 'tabby cat',
  aliases: ['狸花猫'],
  categories: [
    { id: 'animal', zh: '动物', en: 'Animals', itself: true },
    { id: 'cat', zh: '猫', en: 'Cats', itself: true },
  ],
  score: 0.8,
};
export const ESPRESSO: Guess = {
  id: 'n07920052',
  zh: '浓缩咖啡',
  en: 'espresso',
  aliases: [],
  categories: [
    { id: 'food', zh: '食物', en: 'Food', itself: false },
    { id: 'drink', zh: '饮品', en: 'Drinks', itself: false },
  ],
  score: 0.9,
};
export const BANK: Guess = {
  id: 'n02787000',
  zh: '银行',
  en: 'bank',
  aliases: [],
  categories: [],
  score: 0.7,
};

let order = 0;

/** The class, or that it cannot be told. */
function answerOf(first: Guess | undefined): Answer | null {
  if (!first) return null;
  const { id, zh, en, score, categories } = first;
  const sure = score >= 0.65;
  return {
    kind: sure ? 'class' : 'unknown',
    id: sure ? id : null,
    label: zh,
    label_zh: zh,
    label_en: en,
    score,
    path: sure ? categories : [],
  };
}

/** A named photo of the album. */
export function photo(path: string, guesses: readonly Guess[], more: Partial<Entry> = {}): Entry {
  return {
    key: path,
    order: order++,
    path,
    size: 1000,
    modified: Date.UTC(2026, 0, 2),
    state: guesses.length > 0 ? 'named' : 'waiting',
    guesses,
    answer: answerOf(guesses[0]),
    width: 400,
    height: 300,
    failure: null,
    corrected: null,
    ...more,
  };
}
