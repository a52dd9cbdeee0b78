// What a project's own tests hand over, in the environment that they chose: the same for each.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { runInNewContext } from 'node:vm';
import { afterAll, expect, it } from 'vitest';
import type { Golden } from '../../support/golden.js';

// In these environments Vite puts the page's address in the place of import.meta.url.
const path = (name: string) => resolve(name);
const load = (name: string): Promise<Library> => import(/* @vite-ignore */ path(`dist/${name}`));

type Library = typeof import('../../../web/src/node.js');
type Input = Parameters<Awaited<ReturnType<Library['createClassifier']>>['classify']>[0];

/** tests/fixtures/golden/lite0/chelsea.json: PyTorch's first. */
const { top5 } = JSON.parse(
  readFileSync(path('tests/fixtures/golden/lite0/chelsea.json'), 'utf8'),
) as Golden;
const PHOTO = path('tests/fixtures/photos/chelsea.png');
const bytes = () => Uint8Array.from(readFileSync(PHOTO));

/** The values of another realm: their classes are not those that the library sees. */
const foreign = (code: string): unknown => runInNewContext(code, { source: [...bytes()] });

export async function namesEverything(environment: string): Promise<void> {
  const { createClassifier, ShiwuError } = await load('node.js');
  const classifier = await createClassifier();
  afterAll(() => classifier.dispose());

  const inputs: Record<string, () => unknown> = {
    File: () => new File([bytes()], 'cat.png', { type: 'image/png' }),
    Blob: () => new Blob([bytes()]),
    'a slice of a Blob': () => new Blob(['.', bytes(), '.']).slice(1, 1 + bytes().length),
    Buffer: () => readFileSync(PHOTO),
    Uint8Array: bytes,
    ArrayBuffer: () => bytes().buffer,
    'a path': () => PHOTO,
    URL: () => new URL(`file://${PHOTO}`),
    'data:': () => `data:image/png;base64,${readFileSync(PHOTO).toString('base64')}`,
    'a Uint8Array of another realm': () => foreign('new Uint8Array(source)'),
    'an ArrayBuffer of another realm': () => foreign('new Uint8Array(source).buffer'),
    "what does as a Blob does, of a class of one's own": () =>
      new (class Photo {
        readonly size = bytes().length;
        readonly type = 'image/png';
        arrayBuffer = async () => bytes().buffer;
      })(),
  };
  it.each(Object.entries(inputs))(`${environment}: %s`, async (_, make) => {
    const { predictions } = await classifier.classify(make() as Input);
    expect(predictions[0]?.index).toBe(top5[0]?.index);
  });

  it(`${environment}: pixels of another realm`, async () => {
    const pixels = foreign('({ data: new Uint8ClampedArray(400), width: 10, height: 10 })');
    expect((await classifier.classify(pixels as Input)).image).toMatchObject({
      width: 10,
      height: 10,
    });
  });

  it(`${environment}: an album, and a signal of this realm`, async () => {
    const { signal } = new AbortController();
    const file = new File([bytes()], 'cat.png');
    for await (const { result } of classifier.classifyMany([file, file], { signal })) {
      expect(result?.predictions[0]?.index).toBe(top5[0]?.index);
    }
  });

  it(`${environment}: a model as a File of this realm`, async () => {
    const model = new File([readFileSync(path('models/bundles/lite0/lite0.onnx'))], 'own.onnx');
    const own = await createClassifier({ model, engine: 'shiwu' });
    const { predictions } = await own.classify(PHOTO);
    expect(predictions[0]?.index).toBe(top5[0]?.index);
    await own.dispose();
  });

  it(`${environment}: what is none is refused as ever`, async () => {
    for (const input of [null, 5, {}, document.body, new Date()]) {
      const error = await classifier.classify(input as never).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(ShiwuError);
      expect(error).toMatchObject({ code: 'unsupported-input' });
    }
  });

  it(`${environment}: the browser's build says what is missing`, async () => {
    const browser = await load('index.js');
    const error = await browser.createClassifier().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(browser.ShiwuError);
    expect(error).toMatchObject({ code: 'unsupported-environment', detail: 'Worker' });
  });
}
