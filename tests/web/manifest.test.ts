import { describe, expect, it } from 'vitest';
import { ShiwuError } from '../../web/src/errors.js';
import { type Manifest, parseManifest } from '../../web/src/model/manifest.js';
import { fromUtf8 } from '../../web/src/runtime/core.js';
import { loadCore, metadataOf, read } from './support/core.js';

async function bundled(): Promise<string> {
  const core = await loadCore();
  const metadata = metadataOf(core, await read('models/bundles/lite0/lite0.onnx'));
  return fromUtf8(metadata.get('shiwu.manifest') ?? new Uint8Array());
}

function detailOf(text: string): string {
  try {
    parseManifest(text);
  } catch (error) {
    if (error instanceof ShiwuError && error.code === 'invalid-model') return error.detail;
    throw error;
  }
  return 'accepted';
}

describe('manifest', () => {
  it('is read from the bundled model', async () => {
    const manifest = parseManifest(await bundled());
    expect(manifest.id).toBe('lite0');
    expect(manifest.input).toMatchObject({
      layout: 'NCHW',
      size: [224, 224],
      color: 'RGB',
      scale: 1,
      mean: [127, 127, 127],
      std: [128, 128, 128],
    });
    expect(manifest.resize).toMatchObject({ mode: 'crop-shortest', crop_fraction: 0.875 });
  });

  it('names the field that is wrong', async () => {
    const good = JSON.parse(await bundled()) as Manifest;
    expect(() => parseManifest(undefined)).toThrow(
      expect.objectContaining({ code: 'unpacked-model', detail: 'no shiwu.manifest in the file' }),
    );
    expect(detailOf('{')).toContain('not JSON');
    expect(detailOf('null')).toContain('schema_version');
    expect(detailOf(JSON.stringify({ ...good, schema_version: 2 }))).toContain('schema_version');
    for (const [path, value] of [
      ['input', { ...good.input, std: [1, 0, 1] }],
      ['input', { ...good.input, size: [224] }],
      ['resize', { ...good.resize, filter: 'nearest' }],
      ['resize', { ...good.resize, crop_fraction: 1.5 }],
      ['calibration', { temperature: 0 }],
      ['labels', { count: 2.5 }],
    ] as const) {
      expect(detailOf(JSON.stringify({ ...good, [path]: value }))).toContain(path);
    }
  });
});
