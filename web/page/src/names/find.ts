import type { FoundName, Prediction } from 'shiwu';
import type { Guess } from '../album/types.js';
import { drawersOf } from '../answer/taught.js';
import { classifierForPhoto } from '../state/classifier.js';

/** Classes and categories by what people call them, the best first; null where the table cannot be had. */
export async function findNames(text: string): Promise<readonly FoundName[] | null> {
  try {
    return await (await classifierForPhoto()).searchNames(text);
  } catch {
    return null;
  }
}

/** As a photo is named by hand: with every category above it. */
export function guessOfName({ id, label_zh: zh, label_en: en, path }: FoundName): Guess {
  return { id, zh, en, aliases: [], categories: path, score: 1 };
}

export function guessOf(prediction: Prediction): Guess {
  const { id, label_zh, label_en, aliases, score } = prediction;
  const categories = drawersOf(id, prediction.categories);
  return { id, zh: label_zh, en: label_en || label_zh, aliases, categories, score };
}

/** A name of the visitor's own. */
export function ownWord(text: string): Guess {
  const name = text.trim();
  return { id: `own:${name}`, zh: name, en: name, aliases: [], categories: [], score: 1 };
}

/** Matches that say the whole name. */
const WHOLE = ['name', 'synonym', 'alias', 'pinyin'];

/** What the visitor has written out, or null for a name of their own. */
export function calledSo(found: readonly FoundName[]): FoundName | null {
  const [first] = found;
  return first && WHOLE.includes(first.match) ? first : null;
}
