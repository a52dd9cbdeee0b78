// What `npm run soak` does at length, for a few seconds; and that it notices what it is there for.
import { describe, expect, it } from 'vitest';
import { pictures } from '../soak/pictures.mjs';
import { grown } from '../soak/table.mjs';
import { makeSoak } from '../soak/work.mjs';
import { loadLibrary, path } from './support/node-package.js';

const MODELS = [
  { name: 'lite0', options: {}, known: true },
  {
    name: 'own',
    options: { model: path('tests/fixtures/shapes/shapes.onnx'), engine: 'shiwu' },
  },
];

async function inNode() {
  const { good, broken } = await pictures();
  return { good: good.filter(({ browser }) => !browser), broken };
}

it('a hundred pictures, whole, broken and given up, by two models: every answer is as before', async () => {
  const { createClassifier } = await loadLibrary();
  const soak = makeSoak({ createClassifier, models: MODELS, pictures: await inNode() });
  await soak.run(0, 50);
  await soak.run(50, 50);
  await soak.leave();
  expect(soak.faults).toEqual([]);
  // A picture that is given up may have been answered before.
  expect(soak.counts.refused).toBe(10);
  expect(soak.counts.named + soak.counts.aborted).toBe(92);
  expect(soak.counts.switches).toBe(10);
}, 30_000);

describe('the soak notices', () => {
  it('an answer that changes, one that is wrong, and a broken file that is named', async () => {
    let calls = 0;
    const classify = async () => ({
      predictions: [{ id: 'n02123045', score: calls++ < 5 ? 1 : 0.5 }],
    });
    const soak = makeSoak({
      createClassifier: async () => ({ classify, dispose: async () => {} }),
      models: [{ name: 'false', options: {}, known: true }],
      pictures: {
        good: [
          { name: 'cat', bytes: new Uint8Array(1), right: ['n02123045'] },
          { name: 'cup', bytes: new Uint8Array(1), right: ['n07930864'] },
        ],
        broken: [{ name: 'cut', bytes: new Uint8Array(1), code: 'truncated-image' }],
      },
    });
    await soak.run(0, 10);
    expect(soak.faults).toContain('false, cup: n02123045 1');
    expect(soak.faults).toContain('false, cat: n02123045 0.5, before n02123045 1');
    expect(soak.faults).toContain('false, cut: truncated-image was expected');
  });

  it('what grows, but not what goes up and down', () => {
    const rows = (name: string, values: number[]) => values.map((value) => ({ [name]: value }));
    const tenths = Array.from({ length: 10 }, (_, i) => i);
    expect(
      grown(
        rows(
          'RSS MB',
          tenths.map((i) => 200 + (i % 2) * 20),
        ),
      ),
    ).toEqual([]);
    expect(
      grown(
        rows(
          'RSS MB',
          tenths.map((i) => 200 + 5 * i),
        ),
      ),
    ).toEqual(['RSS MB: 240 after 205, which is more than 30 above']);
    expect(
      grown(
        rows(
          'workers',
          tenths.map((i) => (i < 7 ? 1 : 2)),
        ),
      ),
    ).toHaveLength(1);
    expect(grown(rows('handles', [9, 4, 4, 4, 4, 4, 4, 4, 4, 4]))).toEqual([]);
  });
});
