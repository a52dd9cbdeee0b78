// The answer as a sentence: a model that knows one class says whether a photo is it.
import { describe, expect, it } from 'vitest';
import { answerBefore } from '../../../web/page/src/answer/before.js';
import { sentenceOf } from '../../../web/page/src/answer/tone.js';
import type { Answer } from '../../../web/src/types.js';

const dog = (score: number) => ({
  predictions: [
    {
      index: 0,
      id: '0',
      label: '狗',
      label_zh: '狗',
      label_en: 'dog',
      aliases: [],
      categories: [],
      score,
    },
  ],
  answer: {
    kind: score >= 0.5 ? 'class' : 'unknown',
    id: score >= 0.5 ? '0' : null,
    label: '狗',
    label_zh: '狗',
    label_en: 'dog',
    score,
    path: [],
  } satisfies Answer,
});

describe('a class alone', () => {
  it.each([
    [0.0553, 'not'],
    [0.35, 'not'],
    [0.38, 'lost'],
    [0.5, 'likely'],
    [0.97, 'sure'],
  ])('at %f: %s', (score, tone) => {
    const zh = tone === 'lost' ? '' : '狗';
    expect(sentenceOf(dog(score), true)).toMatchObject({ tone, zh });
  });

  it('is no class of many', () => {
    expect(sentenceOf(dog(0.0553))?.tone).toBe('lost');
  });
});

describe('a category', () => {
  const category = (itself: boolean, score: number) => ({
    ...dog(0.1),
    answer: {
      ...dog(0.9).answer,
      kind: 'category' as const,
      id: 'animal',
      label_zh: '动物',
      path: [{ id: 'animal', zh: '动物', en: 'animal', itself }],
      score,
    },
  });

  it.each([
    [true, 0.95, 'itself'],
    [false, 0.95, 'kind'],
    [true, 0.85, 'maybe'],
    [false, 0.85, 'maybeKind'],
  ])('named as itself: %s, at %f: %s', (itself, score, tone) => {
    expect(sentenceOf(category(itself, score))).toMatchObject({
      tone,
      zh: '动物',
      prediction: null,
    });
  });
});

describe('what was kept before there were answers', () => {
  const tabby = { id: 't', zh: '虎斑猫', en: 'tabby', categories: [] };
  const cat = { id: 'cat', zh: '猫', en: 'Cats', score: 0.9 };

  it.each([
    [0.4, 'class', 't'],
    [0.39, 'category', 'cat'],
  ] as const)('with a score of %f is a %s', (score, kind, id) => {
    expect(answerBefore({ ...tabby, score }, cat)).toMatchObject({ kind, id });
  });

  it('is unknown where nothing was sure', () => {
    expect(answerBefore({ ...tabby, score: 0.2 }, null)).toMatchObject({
      kind: 'unknown',
      id: null,
    });
    expect(answerBefore(undefined, undefined).kind).toBe('unknown');
  });
});
