import type { Answer, Category, Classification, Prediction } from 'shiwu';
import { drawersOf } from './taught.js';

/** How sure the sentence sounds. */
export type Tone = 'sure' | 'likely' | 'itself' | 'kind' | 'maybe' | 'maybeKind' | 'lost' | 'not';

/** The answer in one sentence: a tone, what is named, and where it belongs. */
export interface Sentence {
  readonly tone: Tone;
  /** What is named; empty when it cannot be told. */
  readonly zh: string;
  readonly en: string;
  /** The class named, or null when only its category is. */
  readonly prediction: Prediction | null;
  readonly path: readonly Category[];
}

/** From this probability on nothing is left to say but what it is. */
export const SURE = 0.9;
/** Up to this score a model of yes and no says no. */
const NO = 0.35;

/**
 * Puts the library's answer into a tone. `alone`: the class is the only one that the model knows, which a
 * photo then is or is not.
 */
export function sentenceOf(
  { answer, predictions }: Pick<Classification, 'answer' | 'predictions'>,
  alone = false,
): Sentence | null {
  const [first] = predictions;
  if (!first) return null;
  if (alone && first.score <= NO)
    return {
      ...wordsOf(answer, first),
      tone: 'not',
      zh: first.label_zh,
      en: first.label_en || first.label_zh,
      prediction: first,
    };
  return wordsOf(answer, predictions.find(({ id }) => id === answer.id) ?? null);
}

function wordsOf(answer: Answer, prediction: Prediction | null): Sentence {
  const { kind, id, label_zh, label_en } = answer;
  const path = drawersOf(id, answer.path);
  const tone = toneOf(answer);
  if (kind === 'unknown') return { tone, zh: '', en: '', prediction: null, path };
  return { tone, zh: label_zh, en: label_en || label_zh, prediction, path };
}

/** How sure an answer sounds, of a photo or of an album's entry. */
export function toneOf({ kind, score, path }: Pick<Answer, 'kind' | 'score' | 'path'>): Tone {
  if (kind === 'unknown') return 'lost';
  if (kind === 'class') return score >= SURE ? 'sure' : 'likely';
  if (path.at(-1)?.itself) return score >= SURE ? 'itself' : 'maybe';
  return score >= SURE ? 'kind' : 'maybeKind';
}
