// Label files as others write them.
import { describe, expect, it } from 'vitest';
import { LabelFileError, readLabels } from '../../../web/page/src/own/label-file.js';
import { decodeText } from '../../../web/page/src/own/text.js';

const names = (text: string) => readLabels(text).labels.map(({ zh }) => zh);

describe('bytes', () => {
  const TEXT = '猫\n狗\n';
  const utf16 = (bytes: number[]) => new Uint8Array(bytes);
  it.each<[string, Uint8Array]>([
    ['UTF-8', new TextEncoder().encode(TEXT)],
    ['UTF-8 with its mark', new TextEncoder().encode(`\ufeff${TEXT}`)],
    // 猫 is U+732B, 狗 U+72D7; GB 18030: C3 A8, B9 B7.
    ['UTF-16, little end first', utf16([0xff, 0xfe, 0x2b, 0x73, 10, 0, 0xd7, 0x72, 10, 0])],
    ['UTF-16, big end first', utf16([0xfe, 0xff, 0x73, 0x2b, 0, 10, 0x72, 0xd7, 0, 10])],
    ['UTF-16 without a mark', utf16([0x2b, 0x73, 10, 0, 0xd7, 0x72, 10, 0])],
    ['GB 18030', utf16([0xc3, 0xa8, 10, 0xb9, 0xb7, 10])],
  ])('%s', (_, bytes) => {
    expect(decodeText(bytes)).toBe(TEXT);
  });
});

describe('lines', () => {
  it.each<[string, string, string[]]>([
    ['one name a line, any line breaks', '猫\r\n狗\n\n 杯子 \r车', ['猫', '狗', '杯子', '车']],
    ['numbered from 0, out of order', '1 狗\n0 猫\n2 杯子', ['猫', '狗', '杯子']],
    ['numbered from 1', '1: 猫\n2：狗', ['猫', '狗']],
    ['a number that belongs to the name', '7 up\n猫', ['7 up', '猫']],
    ['numbers that do not count', '7 up\n5 star', ['7 up', '5 star']],
    [
      'commas within names',
      'tench, Tinca tinca\ngoldfish, Carassius',
      ['tench, Tinca tinca', 'goldfish, Carassius'],
    ],
    ['one only', '猫', ['猫']],
  ])('%s', (_, text, expected) => {
    expect(names(text)).toEqual(expected);
  });

  it('takes the id of a synset file', () => {
    expect(readLabels('n01440764 tench, Tinca tinca\nn01443537 goldfish').labels).toEqual([
      { zh: 'tench, Tinca tinca', id: 'n01440764' },
      { zh: 'goldfish', id: 'n01443537' },
    ]);
  });
});

describe('tables', () => {
  it('reads headings in any order', () => {
    expect(readLabels('index,en,zh\n1,dog,狗\n0,"cat, domestic",猫\n').labels).toEqual([
      { zh: '猫', en: 'cat, domestic' },
      { zh: '狗', en: 'dog' },
    ]);
  });

  it.each<[string, string, string[]]>([
    ['the file that Excel writes', '序号;中文\r\n0;猫\r\n1;狗\r\n', ['猫', '狗']],
    ['no headings', '0,猫\n1,狗', ['猫', '狗']],
    ['tabs', '猫\tcat\n狗\tdog', ['猫', '狗']],
    ['a quoted line break', 'id,name\n0,"big\ncat"\n1,dog', ['big cat', 'dog']],
    ['our own table', 'id\tzh\tzh_aliases\ten\nn1\t猫\t喵\tcat\nn2\t狗\t\tdog', ['猫', '狗']],
    ['Chinese beside a name', 'name,zh\ncat,猫\ndog,狗', ['猫', '狗']],
  ])('%s', (_, text, expected) => {
    expect(names(text)).toEqual(expected);
  });

  it('keeps the ids of classes', () => {
    expect(readLabels('wnid,name\nn1,cat\nn2,dog').labels).toEqual([
      { zh: 'cat', id: 'n1' },
      { zh: 'dog', id: 'n2' },
    ]);
  });
});

describe('JSON', () => {
  it.each<[string, unknown]>([
    ['a list', ['猫', '狗']],
    ['class_to_idx', { 狗: 1, 猫: 0 }],
    ['id2label', { model_type: 'resnet', id2label: { '0': '猫', '1': '狗' }, label2id: {} }],
    ['Keras', { '0': ['n1', '猫'], '1': ['n2', '狗'] }],
    ['Ultralytics', { names: { '0': '猫', '1': '狗' } }],
    [
      'records',
      [
        { id: 1, name: '狗' },
        { id: 0, name: '猫' },
      ],
    ],
    ['records within', { categories: [{ label_zh: '猫', label: 'cat' }, { label_zh: '狗' }] }],
  ])('%s', (_, value) => {
    expect(names(JSON.stringify(value))).toEqual(['猫', '狗']);
  });

  it('takes both languages', () => {
    expect(readLabels(JSON.stringify([{ zh: '猫', en: 'cat' }])).labels).toEqual([
      { zh: '猫', en: 'cat' },
    ]);
  });
});

describe('what can be mended', () => {
  it('numbers a name that comes twice', () => {
    expect(readLabels('crane\ncrane 2\ncrane\ncrane')).toEqual({
      labels: [
        { zh: 'crane' },
        { zh: 'crane 2' },
        { zh: 'crane 3', en: 'crane 3' },
        { zh: 'crane 4', en: 'crane 4' },
      ],
      renamed: 2,
    });
  });
});

describe('what cannot', () => {
  it.each<[string, string, object]>([
    ['nothing', ' \n', { kind: 'no-labels' }],
    ['JSON of something else', '{"a": {"b": "c"}}', { kind: 'no-labels' }],
    ['half a JSON', '["猫", "狗"', { kind: 'not-json' }],
    ['a class without a name', '["猫", "", "狗"]', { kind: 'gap', at: 1 }],
    ['a number left out', '{"0": "猫", "2": "狗"}', { kind: 'gap', at: 1 }],
    ['a wild number', '{"0": "猫", "4000000000": "狗"}', { kind: 'gap', at: 2 }],
    ['a row without a name', 'index,zh\n0,猫\n1,', { kind: 'gap', at: 1 }],
  ])('%s', (_, text, problem) => {
    expect(() => readLabels(text)).toThrow(LabelFileError);
    try {
      readLabels(text);
    } catch (error) {
      expect((error as LabelFileError).problem).toEqual(problem);
    }
  });
});
