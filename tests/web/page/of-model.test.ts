// Lessons of models whose files do not say what they are called.
import { readFileSync } from 'node:fs';
import type { Classifier } from 'shiwu';
import { beforeAll, expect, it } from 'vitest';
import { optionsOf } from '../../../web/page/src/own/options.js';
import type { Answers } from '../../../web/page/src/own/own-model.js';
import { lessonsFor } from '../../../web/page/src/teach/of-model.js';
import type { Core } from '../../../web/src/runtime/core.js';
import { loadCore } from '../support/core.js';

let core: Core;
beforeAll(async () => {
  core = await loadCore();
});

const at = (id: string) => ({ info: { model: { id, version: '0.0.0' } } }) as Classifier;
const ANSWERS: Answers = {
  labels: '甲\n乙',
  pixels: 'usual',
  color: 'RGB',
  fit: 'stretch',
  task: 'single-label',
  size: null,
};
const idOf = (name: string, sha256: string | null) =>
  optionsOf({ file: new File([], name), sha256, answers: ANSWERS }).manifest?.id;

it('two models are called by their files, and by what is in them', () => {
  expect(idOf('花.onnx', 'abcdef0123456789')).toBe('花-abcdef01');
  expect(idOf('花.onnx', '0123456789abcdef')).toBe('花-01234567');
  expect(idOf('bird.ONNX', null)).toBe('bird');
  expect(idOf('.onnx', null)).toBe('own-model');
});

it('what an earlier page kept for a nameless model is that of the model that has a name now', () => {
  const table = core.newTaught('own-model 0.0.0', 3);
  table.add('豆豆', Float32Array.of(1, 2, 4), true);
  const before = table.write();
  table.dispose();
  const after = lessonsFor(at('花-abcdef01'), before.slice().buffer);
  const again = core.parseTaught(new Uint8Array(after));
  expect(again.model).toBe('花-abcdef01 0.0.0');
  expect(again.categories.map(({ name }) => name)).toEqual(['豆豆']);
  again.dispose();
});

it('any other file passes as it is', () => {
  const two = readFileSync(new URL('../../fixtures/taught/two.swtt', import.meta.url));
  const bytes = Uint8Array.from(two).buffer;
  expect(lessonsFor(at('花'), bytes)).toBe(bytes);
  const short = new ArrayBuffer(3);
  expect(lessonsFor(at('花'), short)).toBe(short);
});
