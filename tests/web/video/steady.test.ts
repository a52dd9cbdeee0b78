import { describe, expect, it } from 'vitest';
import type { Answer, Classification } from '../../../web/src/types.js';
import { Steady } from '../../../web/src/video/steady.js';

const UNKNOWN = {
  kind: 'unknown' as const,
  id: null,
  label: '看不出来',
  label_zh: '看不出来',
  label_en: 'can’t tell',
  score: 0,
  path: [],
};

const category = (id: string, score: number): Answer => ({
  kind: 'category',
  id,
  label: id,
  label_zh: id,
  label_en: id,
  score,
  path: [],
});

/** A frame's answer: scores by class index, best first as `classify` gives them. */
function frame(scores: Record<number, number>, more: Partial<Classification> = {}): Classification {
  const predictions = Object.entries(scores)
    .map(([key, score]) => ({
      index: Number(key),
      id: `class-${key}`,
      label: `第 ${key} 类`,
      label_zh: `第 ${key} 类`,
      label_en: `class ${key}`,
      aliases: [],
      categories: [],
      score,
    }))
    .sort((a, b) => b.score - a.score || a.index - b.index);
  return {
    predictions,
    answer: UNKNOWN,
    image: { width: 4, height: 3, orientation: 1, decoder: null, truncated: false },
    timings: {
      queue: 0,
      decode: 0,
      resize: 0,
      normalize: 0,
      inference: 0,
      postprocess: 0,
      total: 0,
      engine: 'ort',
    },
    ...more,
  };
}

/** [index, score to six places], in the answer's order. */
const ranking = (answer: Classification) =>
  answer.predictions.map(({ index, score }) => [index, Number(score.toFixed(6))]);

const half = { smoothing: 0.5, topK: 5, threshold: 0 };

describe('Steady', () => {
  it('gives the first frame as it is', () => {
    const first = frame({ 7: 0.6, 3: 0.3 });
    expect(new Steady(half).add(first)).toEqual(first);
  });

  it('averages exponentially, a missing class counting as 0', () => {
    const steady = new Steady(half);
    steady.add(frame({ 1: 0.8, 2: 0.2 }));
    // 1: (0.8 + 0.4) / 2; 2: 0.2 / 2; 3: 0.4 / 2
    expect(ranking(steady.add(frame({ 1: 0.4, 3: 0.4 })))).toEqual([
      [1, 0.6],
      [3, 0.2],
      [2, 0.1],
    ]);
    // 1: (0.6 + 0.6) / 2; 3: (0.2 + 0.3) / 2; 2: 0.05, but 3 of the 4 parts of weight had it not
    expect(ranking(steady.add(frame({ 1: 0.6, 3: 0.3 })))).toEqual([
      [1, 0.6],
      [3, 0.25],
    ]);
  });

  it('weighs the newest frame by `smoothing`', () => {
    const steady = new Steady({ ...half, smoothing: 0.25 });
    steady.add(frame({ 1: 0.8 }));
    expect(ranking(steady.add(frame({ 1: 0.4 })))).toEqual([[1, 0.7]]);
  });

  it('does not smooth at 1', () => {
    const steady = new Steady({ ...half, smoothing: 1 });
    steady.add(frame({ 1: 0.4, 2: 0.3 }));
    const second = frame({ 2: 0.4 });
    expect(steady.add(second)).toEqual(second);
  });

  it('holds against one odd frame that is not sure', () => {
    const steady = new Steady(half);
    steady.add(frame({ 1: 0.9 }));
    expect(ranking(steady.add(frame({ 2: 0.4 })))).toEqual([
      [1, 0.45],
      [2, 0.2],
    ]);
    expect(ranking(steady.add(frame({ 1: 0.9 })))[0]).toEqual([1, 0.675]);
  });

  it('starts anew when the scene cuts', () => {
    const steady = new Steady(half);
    for (let i = 0; i < 20; i++) steady.add(frame({ 1: 0.9, 2: 0.05 }));
    // Sure (0.8 ≥ 0.5), and shares 0.05 of 0.85 with the average: less than a fifth.
    expect(ranking(steady.add(frame({ 3: 0.8, 2: 0.05 })))).toEqual([
      [3, 0.8],
      [2, 0.05],
    ]);
  });

  it('does not take a fifth in common for a cut', () => {
    const steady = new Steady(half);
    steady.add(frame({ 1: 0.75, 2: 0.25 }));
    // Shared: 0.25 of 1, so the average goes on.
    expect(ranking(steady.add(frame({ 3: 0.75, 2: 0.25 })))).toEqual([
      [1, 0.375],
      [3, 0.375],
      [2, 0.25],
    ]);
  });

  it('ranks ties by the lower index', () => {
    const steady = new Steady(half);
    expect(ranking(steady.add(frame({ 9: 0.25, 4: 0.25, 6: 0.5 })))).toEqual([
      [6, 0.5],
      [4, 0.25],
      [9, 0.25],
    ]);
  });

  it('cuts to topK after ranking, so that a class from below may rise', () => {
    const steady = new Steady({ ...half, topK: 1 });
    expect(ranking(steady.add(frame({ 1: 0.5, 2: 0.4 })))).toEqual([[1, 0.5]]);
    expect(ranking(steady.add(frame({ 2: 0.4, 1: 0.2 })))).toEqual([[2, 0.4]]);
  });

  it('holds the threshold against the averages, inclusively', () => {
    const steady = new Steady({ ...half, threshold: 0.5 });
    expect(ranking(steady.add(frame({ 1: 0.75 })))).toEqual([[1, 0.75]]);
    expect(ranking(steady.add(frame({ 1: 0.25 })))).toEqual([[1, 0.5]]);
    expect(ranking(steady.add(frame({ 1: 0.25 })))).toEqual([]);
  });

  it("keeps a tagger's label through one frame without it, and drops it after two", () => {
    const steady = new Steady({ ...half, smoothing: 0.4 });
    const listed = (answer: Classification) => answer.predictions.map(({ index }) => index);
    expect(listed(steady.add(frame({ 1: 0.9, 2: 0.6 })))).toEqual([1, 2]);
    expect(listed(steady.add(frame({ 1: 0.9 })))).toEqual([1, 2]); // weight 0.6
    expect(listed(steady.add(frame({ 1: 0.9 })))).toEqual([1]); // weight 0.36
  });

  it('forgets what has faded, and everything at a reset', () => {
    const steady = new Steady(half);
    steady.add(frame({ 1: 0.6, 2: 0.3 }));
    for (let i = 0; i < 12; i++) steady.add(frame({ 1: 0.6 }));
    // Nothing is left of 2 (0.3 / 2^12 < 1e-4): its presence begins from nothing too.
    expect(ranking(steady.add(frame({ 1: 0.6, 2: 0.3 })))).toEqual([
      [1, 0.6],
      [2, 0.15],
    ]);
    steady.reset();
    expect(ranking(steady.add(frame({ 2: 0.1 })))).toEqual([[2, 0.1]]);
  });

  it('answers nothing for frames without predictions, and recovers', () => {
    const steady = new Steady(half);
    expect(ranking(steady.add(frame({})))).toEqual([]);
    expect(ranking(steady.add(frame({ 1: 0.2 })))).toEqual([[1, 0.2]]);
  });

  it('says what most of the recent frames said', () => {
    const steady = new Steady(half);
    const said = (id: string | null) =>
      steady.add(frame({ 1: 0.8 }, { answer: id ? category(id, 0.9) : UNKNOWN })).answer.id;
    expect(said('a')).toBe('a');
    expect(said(null)).toBe('a'); // half and half: what was said stays
    expect(said('a')).toBe('a');
    expect(said('b')).toBe('b'); // 0.5 against 0.375 of a
    expect(said('b')).toBe('b');
    expect(said(null)).toBe(null); // 0.5 and 0.0625 of before against 0.375
  });

  it('takes all but the predictions from the latest frame, and changes no frame', () => {
    const steady = new Steady(half);
    const old = frame({ 1: 0.8 }, { answer: category('a', 0.9) });
    const latest = frame(
      { 1: 0.4 },
      {
        image: { width: 8, height: 6, orientation: 1, decoder: null, truncated: false },
        features: Float32Array.of(1, 2),
      },
    );
    steady.add(old);
    const answer = steady.add(latest);
    expect(answer).toMatchObject({
      image: latest.image,
      timings: latest.timings,
      features: latest.features,
    });
    expect(old.answer.id).toBe('a');
    expect(old.predictions[0]?.score).toBe(0.8);
    expect(latest.predictions[0]?.score).toBe(0.4);
    expect(answer.predictions[0]?.label).toBe('第 1 类');
  });
});
