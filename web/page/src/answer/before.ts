import type { Answer, Category } from 'shiwu';

interface Names {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  /** Not calibrated then. */
  readonly score: number;
}

/** From this score on a class was said to be it. */
const LIKELY = 0.4;

/** The answer of what was kept before there were answers: a first class, and a category beside it. */
export function answerBefore(
  first: (Names & { readonly categories: readonly Category[] }) | undefined,
  category: Names | null | undefined,
): Answer {
  if (first && first.score >= LIKELY) return named('class', first, first.categories);
  if (category) return named('category', category, [{ ...category, itself: false }]);
  const label = '看不出来';
  return {
    kind: 'unknown',
    id: null,
    label,
    label_zh: label,
    label_en: 'can’t tell',
    score: first?.score ?? 0,
    path: [],
  };
}

function named(
  kind: 'class' | 'category',
  { id, zh, en, score }: Names,
  path: readonly Category[],
): Answer {
  return { kind, id, label: zh, label_zh: zh, label_en: en, score, path };
}
