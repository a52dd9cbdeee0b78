import { expect, it } from 'vitest';
import { isPicture } from '../../../web/page/src/input/pictures.js';

it.each([
  ['旅行/IMG_1.JPG', '', true],
  ['IMG_1.heic', '', true],
  ['scan', 'image/png', true],
  ['notes.txt', 'text/plain', false],
  ['model.onnx', '', false],
  ['旅行/.hidden.jpg', 'image/jpeg', false],
  ['__MACOSX/旅行/IMG_1.jpg', 'image/jpeg', false],
  ['旅行/Thumbs.db', '', false],
])('%s of type "%s": %s', (path, type, expected) => {
  expect(isPicture(path, type)).toBe(expected);
});
