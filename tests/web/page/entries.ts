import type { Entry, Guess } from '../../../web/page/src/album/types.js';

/** Classes as the bundled model names them. */
export const TABBY: Guess = {
  id: 'n02123045',
  zh: '虎斑猫',
  en: 'tabby cat',
  aliases: ['狸花猫'],
  categories: [
    { id: 'animal', zh: '动物', en: 'Animals' },
    { id: 'cat', zh: '猫', en: 'Cats' },
  ],
  score: 0.8,
};
export const ESPRESSO: Guess = {
  id: 'n07920052',
  zh: '浓缩咖啡',
  en: 'espresso',
  aliases: [],
  categories: [
    { id: 'food', zh: '食物', en: 'Food' },
    { id: 'drink', zh: '饮品', en: 'Drinks' },
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
    category: null,
    width: 400,
    height: 300,
    failure: null,
    corrected: null,
    ...more,
  };
}
