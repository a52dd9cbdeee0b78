import type { Classification, Prediction } from 'shiwu';
import type { Guess } from '../album/types.js';

/** The answer as it is when the visitor says what the photo shows. */
export function resultOf(choice: Guess, result: Classification): Classification {
  const { id, zh, en, aliases, categories } = choice;
  const names = { id, label: zh, label_zh: zh, label_en: en, score: 1 };
  const first: Prediction = { index: -1, ...names, aliases, categories };
  const others = result.predictions.filter((each) => each.id !== id);
  return {
    ...result,
    answer: { kind: 'class', ...names, path: categories },
    predictions: [first, ...others].slice(0, Math.max(1, result.predictions.length)),
  };
}
