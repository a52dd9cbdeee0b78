// What a person's own tests do, in the DOM that Jest gives them.
import { readFileSync } from 'node:fs';
import { env } from 'node:process';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClassifier, ShiwuError } from 'shiwu';

const path = env.SHIWU_PHOTO;
const photo = readFileSync(path);
let classifier;
beforeAll(async () => {
  classifier = await createClassifier();
});
afterAll(() => classifier.dispose());

test.each([
  ['File', () => new File([photo], 'cat.png', { type: 'image/png' })],
  ['Blob', () => new Blob([photo])],
  ['Buffer', () => photo],
  ['Uint8Array', () => Uint8Array.from(photo)],
  ['ArrayBuffer', () => Uint8Array.from(photo).buffer],
  ['a path', () => path],
  ['data:', () => `data:image/png;base64,${photo.toString('base64')}`],
])('%s', async (_, make) => {
  const { predictions } = await classifier.classify(make());
  expect(predictions[0].label_zh).toMatch(/猫/);
});

test('an element is refused, by an error of the package', async () => {
  const error = await classifier.classify(document.body).catch((reason) => reason);
  expect(error).toBeInstanceOf(ShiwuError);
  expect(error.code).toBe('unsupported-input');
});
