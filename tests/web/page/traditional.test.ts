// The page in Traditional characters: the words of Taiwan, and nothing changed that is not the page's own.
import { describe, expect, it } from 'vitest';
import { chineseOfPage, reviewedNames } from '../../../web/page/plugins/traditional.js';
import { dictionaryOf, toTraditional } from '../../../web/page/plugins/traditional-dictionary.js';
import { zh } from '../../../web/page/src/copy/zh.js';
import { replacer } from '../../../web/page/src/traditional/replace.js';
import { converted } from '../../../web/page/src/traditional/words.js';

const texts = chineseOfPage();
const text = replacer(new Map(dictionaryOf(texts)));

describe('the dictionary', () => {
  it('makes of all that the page says what OpenCC makes of it', () => {
    const runs = new Set(texts.flatMap((one) => one.match(/\p{Script=Han}+/gu) ?? []));
    expect(runs.size).toBeGreaterThan(3000);
    expect([...runs].filter((run) => text(run) !== toTraditional(run))).toEqual([]);
  });

  it.each([
    // Words, not letters.
    ['文件下载失败，请检查网络后重试。', '檔案下載失敗，請檢查網路後重試。'],
    ['照片不会离开这台设备', '照片不會離開這台裝置'],
    // One letter that was two.
    ['后视镜里看后面', '後視鏡裡看後面'],
    ['头发', '頭髮'],
    ['发光', '發光'],
    ['面包', '麵包'],
    ['zh-CN', 'zh-Hant'],
  ])('%s', (simplified, traditional) => {
    expect(text(simplified)).toBe(traditional);
  });
});

it('names are those that people decided on', () => {
  const names = new Map(reviewedNames());
  expect(names.get('自行车')).toBe('腳踏車');
  expect(names.get('梗犬')).toBe('㹴犬');
  expect(names.get('浓缩咖啡')).toBe('濃縮咖啡');
  // The same in both.
  expect(names.has('草莓')).toBe(false);
});

describe('words', () => {
  const words = converted(zh, text);

  it('keep their shape', () => {
    expect(Object.keys(words)).toEqual(Object.keys(zh));
    expect(words.lang).toBe('zh-Hant');
    expect(words.place.history).toBe('記錄');
    expect(words.knows[0]).toEqual(['動物', '貓、狗、鳥、魚、蛇、昆蟲']);
    expect(words.number(3)).toBe('第 3 號');
  });

  it('leave alone what they are given', () => {
    expect(words.photoAlt('动物园里的猫.jpg')).toBe('待認的照片：动物园里的猫.jpg');
    expect(words.exchanging('发动机.onnx')).toBe('正在換上 发动机.onnx');
    const nested = converted({ of: (name: string) => [name, `${name}的头发`] }, text);
    expect(nested.of('头发')).toEqual(['头发', '头发的頭髮']);
  });
});
