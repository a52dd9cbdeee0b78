// The browser's path under Node, arrow by arrow, against Pillow's pixels and PyTorch's logits.
import { beforeAll, describe, expect, it } from 'vitest';
import { parseManifest } from '../../web/src/model/manifest.js';
import { Session } from '../../web/src/model/session.js';
import { type Core, fromUtf8 } from '../../web/src/runtime/core.js';
import { AS_BYTES, goldenOf, loadCore, loadRuntime, metadataOf, read } from './support/core.js';

let core: Core;
let session: Session;
let model: Uint8Array;
beforeAll(async () => {
  core = await loadCore();
  model = Uint8Array.from(await read('models/bundles/lite0/lite0.onnx'));
  session = await Session.create(await loadRuntime(), model);
}, 60_000);

function manifest() {
  const text = metadataOf(core, model).get('shiwu.manifest') ?? new Uint8Array();
  return parseManifest(fromUtf8(text));
}

describe.each(['chelsea', 'coffee'])('%s', (name) => {
  it("is resized to Pillow's very pixels", async () => {
    const photo = core.decode(await read(`tests/fixtures/photos/${name}.png`), 1e8);
    const { input, resize } = manifest();
    const [height, width] = input.size;
    const fitted = core.fitToModel(photo, {
      width,
      height,
      mode: resize.mode,
      cropFraction: resize.crop_fraction,
      filter: resize.filter,
    });
    const golden = core.decode(await read(`tests/fixtures/golden/lite0/${name}.224.png`), 1e8);
    expect(core.toTensor([fitted], AS_BYTES)).toEqual(core.toTensor([golden], AS_BYTES));
    for (const pixels of [photo, fitted, golden]) pixels.free();
  });

  it("gives PyTorch's logits, in a batch too", async () => {
    const golden = await goldenOf(name);
    const pixels = core.decode(await read(`tests/fixtures/golden/lite0/${name}.224.png`), 1e8);
    const { layout, color, scale, mean, std } = manifest().input;
    const tensor = core.toTensor([pixels, pixels], { layout, color, scale, mean, std });
    pixels.free();
    const { logits, features } = await session.run(manifest(), tensor, 2);
    expect(features?.length).toBe(2 * 1280);
    const range = Math.max(...golden.logits) - Math.min(...golden.logits);
    for (let item = 0; item < 2; item++) {
      const row = logits.subarray(1000 * item, 1000 * (item + 1));
      const worst = Math.max(...golden.logits.map((logit, i) => Math.abs(logit - (row[i] ?? NaN))));
      expect(worst / range).toBeLessThanOrEqual(1e-4);
      const scores = core.scores(row, 'single-label', manifest().calibration.temperature);
      const top = core.topK(scores, { topK: 5, threshold: 0, allow: [], deny: [] });
      expect(top.map(({ index }) => index)).toEqual(golden.top5.map(({ index }) => index));
      for (const [i, { score }] of top.entries()) {
        expect(score).toBeCloseTo(golden.top5[i]?.probability ?? Number.NaN, 5);
      }
    }
  });
});
