// What the package says in Traditional characters is what the page's dictionary makes of the Simplified.
import { describe, expect, it } from 'vitest';
import { toTraditional } from '../../web/page/plugins/traditional-dictionary.js';
import { explain, nameIn, TEXTS } from '../../web/src/cli/language.js';
import { hant, wordsIn, zh } from '../../web/src/element/words.js';
import {
  CORE_ERROR_CODES,
  type ErrorCode,
  HOST_ERROR_CODES,
  ShiwuError,
} from '../../web/src/errors.js';
import type { Prediction } from '../../web/src/types.js';
import { ERRORS_ZH_HANT } from '../../web/src/words/errors-hant.js';

const codes: readonly ErrorCode[] = [...CORE_ERROR_CODES, ...HOST_ERROR_CODES];

it.each(codes)('the sentence of %s', (code) => {
  expect(ERRORS_ZH_HANT[code]).toBe(toTraditional(new ShiwuError(code).zh));
});

const espresso: Prediction = {
  index: 967,
  id: 'n07920052',
  label: '浓缩咖啡',
  label_zh: '浓缩咖啡',
  label_en: 'espresso',
  label_zh_hant: '濃縮咖啡',
  aliases: [],
  categories: [],
  score: 0.9,
};
const { label_zh_hant, ...own } = espresso;

describe('the element', () => {
  it('says all that it says', () => {
    const said = ({ nameOf, failed, kind, spoken, ...words }: typeof zh) => ({
      ...words,
      kinds: [kind('X', true), kind('X', false)],
      spoken: spoken(['X', 'Y']),
    });
    const simplified = Object.entries(said(zh)).map(([key, text]) => [
      key,
      Array.isArray(text) ? text.map(toTraditional) : toTraditional(text),
    ]);
    expect(said(hant)).toEqual(Object.fromEntries(simplified));
    expect(hant.nameOf(espresso)).toBe('濃縮咖啡');
    expect(hant.nameOf(own)).toBe('浓缩咖啡');
    expect(hant.failed(new ShiwuError('empty-input'))).toBe('這個檔案是空的，請換一張照片。');
  });

  it.each([
    ['zh-Hant', 'zh-Hant'],
    ['zh-hant-HK', 'zh-Hant'],
    ['zh-TW', 'zh-Hant'],
    ['zh-HK', 'zh-Hant'],
    ['zh', 'zh-CN'],
    ['zh-CN', 'zh-CN'],
    ['zh-Hans-HK', 'zh-CN'],
    [null, 'zh-CN'],
    ['fr', 'zh-CN'],
    ['en-GB', 'en'],
    ['EN', 'en'],
  ])('of %s its words are %s', (lang, expected) => {
    expect(wordsIn(lang).lang).toBe(expected);
  });
});

describe('the command', () => {
  it('says all that it says', () => {
    const given = ['X', 'Y'];
    const said = (value: unknown): unknown => {
      if (typeof value === 'function') {
        const sentence = value as (...parts: (string | null)[]) => unknown;
        return [sentence(...given), sentence('X', null)];
      }
      if (typeof value === 'string') return value;
      return Object.values(value as object).map(said);
    };
    const traditional = (value: unknown): unknown =>
      Array.isArray(value) ? value.map(traditional) : toTraditional(value as string);
    expect(said(TEXTS['zh-hant'])).toEqual(traditional(said(TEXTS.zh)));
  });

  it('names and explains', () => {
    const named = (['zh', 'zh-hant', 'en'] as const).map((lang) => nameIn(lang, espresso));
    expect(named).toEqual(['浓缩咖啡', '濃縮咖啡', 'espresso']);
    expect(nameIn('zh-hant', own)).toBe('浓缩咖啡');
    expect(explain(new ShiwuError('empty-input', '0 bytes'), 'zh-hant')).toBe(
      '這個檔案是空的，請換一張照片。 (0 bytes)',
    );
  });
});
