// The answer as a sentence: a model that knows one class says whether a photo is it.
import { describe, expect, it } from 'vitest';
import { answerOf } from '../../../web/page/src/answer/tone.js';

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
  category: null,
});

describe('a class alone', () => {
  it.each([
    [0.0553, 'not'],
    [0.35, 'not'],
    [0.38, 'lost'],
    [0.5, 'likely'],
    [0.97, 'sure'],
  ])('at %f: %s', (score, tone) => {
    expect(answerOf(dog(score), true)).toMatchObject({ tone, zh: '狗' });
  });

  it('is no class of many', () => {
    expect(answerOf(dog(0.0553))?.tone).toBe('lost');
  });
});
