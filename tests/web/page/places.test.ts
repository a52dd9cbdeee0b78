import { expect, it } from 'vitest';
import { placesOf } from '../../../web/page/src/where/places.js';

const photo = { width: 800, height: 600 };
const at = (x: number, y: number) => ({ x: x - 50, y: y - 50, width: 100, height: 100 });

it.each([
  ['side by side', [at(200, 300), at(600, 320)], ['left', 'right']],
  ['three in a row', [at(700, 300), at(400, 300), at(100, 300)], ['right', 'middle', 'left']],
  ['one above the other', [at(410, 100), at(400, 500)], ['top', 'bottom']],
  ['across', [at(150, 120), at(650, 480)], ['top-left', 'bottom-right']],
  ['the other way across', [at(150, 480), at(650, 120)], ['bottom-left', 'top-right']],
  ['one alone', [at(400, 300)], ['middle']],
] as const)('says where things lie %s', (_, regions, places) => {
  expect(placesOf(regions, photo)).toEqual(places);
});
