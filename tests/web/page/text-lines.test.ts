import { expect, test } from 'vitest';
import { firstSentence, lines } from '../../../web/page/src/photo/text-lines.js';

/** A Chinese character is as wide as two Latin letters. */
const widthOf = (text: string) =>
  [...text].reduce((sum, one) => sum + (/[ -~]/.test(one) ? 1 : 2), 0);

test('Chinese breaks anywhere but before a mark, English between words', () => {
  expect(lines('一种小鸟，住在林子里。', 8, widthOf)).toEqual(['一种小', '鸟，住在', '林子里。']);
  expect(lines('它叫“小红”。', 10, widthOf)).toEqual(['它叫“小', '红”。']);
  expect(lines('A small bird of the woods', 12, widthOf)).toEqual(['A small bird', 'of the woods']);
  expect(lines('它是iPhone手机', 8, widthOf)).toEqual(['它是', 'iPhone手', '机']);
  expect(lines('', 10, widthOf)).toEqual([]);
});

test('the first sentence ends at its full stop', () => {
  expect(firstSentence('小杯的咖啡。加奶就成了拿铁。')).toBe('小杯的咖啡。');
  expect(firstSentence('Up to 2.5 m long. It swims.')).toBe('Up to 2.5 m long.');
  expect(firstSentence('没有句号')).toBe('没有句号');
});
