// A caller who gives up between two arrows leaves nothing behind in the wasm heap.
import { beforeAll, describe, expect, it } from 'vitest';
import { ShiwuError } from '../../web/src/errors.js';
import { openOrtRunner } from '../../web/src/model/ort-runner.js';
import { openShiwuRunner } from '../../web/src/model/shiwu-runner.js';
import type { Core } from '../../web/src/runtime/core.js';
import { Engine } from '../../web/src/worker/engine.js';
import { loadCore, loadRuntime, read, toArrayBuffer } from './support/core.js';
import { SETTINGS } from './support/fake-worker.js';

// With each engine.
describe.each([
  // Our own engine asks between its layers as well.
  ['shiwu', openShiwuRunner, 4],
  ['ort', openOrtRunner, 3],
] as const)('engine %s', (name, open, least) => {
  let core: Core;
  let engine: Engine;
  /** The table of names and the network, which live as long as the engine. */
  let atRest: number;
  beforeAll(async () => {
    core = await loadCore();
    const file = new Blob([Uint8Array.from(await read('models/bundles/lite0/lite0.onnx'))]);
    const runtime = name === 'ort' ? await loadRuntime() : ({ engine: 'shiwu' } as const);
    engine = await Engine.create(core, open, runtime, {
      file,
      labels: undefined,
      manifest: undefined,
    });
    atRest = core.liveAllocations;
  }, 60_000);

  async function classify(checkpoint: () => Promise<void>) {
    const bytes = toArrayBuffer(await read('tests/fixtures/photos/chelsea.png'));
    return engine.classify({ kind: 'bytes', bytes }, SETTINGS, 0, checkpoint);
  }

  it('asks on its way whether to go on', async () => {
    let asked = 0;
    const { predictions } = await classify(async () => {
      asked++;
    });
    expect(predictions[0]?.index).toBe(285);
    expect(asked).toBeGreaterThanOrEqual(least);
    expect(core.liveAllocations).toBe(atRest);
  });

  it.each([1, 2, 3])('given up at question %i it leaves nothing behind', async (last) => {
    let asked = 0;
    const given = classify(async () => {
      if (++asked === last) throw new ShiwuError('aborted');
    });
    await expect(given).rejects.toMatchObject({ code: 'aborted' });
    expect(core.liveAllocations).toBe(atRest);
    expect((await classify(async () => {})).predictions[0]?.index).toBe(285);
  });

  it('a region outside the picture, an unknown class: nothing is left behind either', async () => {
    const bytes = async () => toArrayBuffer(await read('tests/fixtures/photos/chelsea.png'));
    for (const wrong of [
      { region: { x: 0, y: 0, width: 1e6, height: 1 } },
      { allow: ['n00000000'] },
    ]) {
      const call = engine.classify(
        { kind: 'bytes', bytes: await bytes() },
        { ...SETTINGS, ...wrong },
        0,
        async () => {},
      );
      await expect(call).rejects.toMatchObject({ code: 'invalid-argument' });
      expect(core.liveAllocations).toBe(atRest);
    }
  });
});
