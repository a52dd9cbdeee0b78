// Label files as others write them.
import { describe, expect, it } from 'vitest';
import { decodeText, LabelFileError, readLabels } from '../../web/src/labels/index.js';

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
    expect(decodeText(bytes).text).toBe(TEXT);
    expect(readLabels(bytes).labels).toEqual([{ zh: '猫' }, { zh: '狗' }]);
  });

  // Python's gbk made these bytes. 猫 alone is è in UTF-8.
  it.each<[string, string, string]>([
    ['one name', 'c3a8', '猫'],
    ['one name and a line break', 'c3a80d0a', '猫\r\n'],
    ['a table of one class', 'b1e0bac52cc3fbb3c60a302cc3a80a', '编号,名称\n0,猫\n'],
    ['two names', 'b9b70ac3a8', '狗\n猫'],
    ['女', 'c5ae', '女'],
    ['水母 and 喜鹊', 'cbaec4b80acfb2c8b5', '水母\n喜鹊'],
    ['a name that is Big5 as well', 'bdf0d3e3', '金鱼'],
  ])('short GBK is GB 18030: %s', (_, hex, text) => {
    expect(decodeText(Buffer.from(hex, 'hex'))).toEqual({ text, encoding: 'GB18030' });
  });

  it.each([
    'café',
    'crème brûlée',
    'São\nOpção',
    'Größe',
    'кот',
    'α\nβ',
    'phở',
    'é\nè\nà\nç',
    'ネコ',
  ])('UTF-8 stays what it is: %j', (text) => {
    expect(decodeText(new TextEncoder().encode(text))).toEqual({ text, encoding: 'UTF-8' });
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

  it.each<[string, string, string[]]>([
    ['编号 in any order', '编号,名称\n2,杯子\n0,猫\n1,狗', ['猫', '狗', '杯子']],
    ['编号 behind', '名称,编号\n狗,1\n猫,0', ['猫', '狗']],
    ['label and name', 'label,name\n1,狗\n0,猫', ['猫', '狗']],
    ['name and label', 'name,label\n狗,1\n猫,0', ['猫', '狗']],
    ['index and class', 'index,class\n1,狗\n0,猫', ['猫', '狗']],
    ['Label ID and Label Name', 'Label ID,Label Name\n1,狗\n0,猫', ['猫', '狗']],
    ['id and label', 'id,label\n1,狗\n0,猫', ['猫', '狗']],
    ['类别编号 and 类别名称', '类别编号\t类别名称\n1\t狗\n0\t猫', ['猫', '狗']],
    ['a heading that nobody knows', '编号,动物\n1,狗\n0,猫', ['猫', '狗']],
    ['ids of WordNet as labels', 'label,name\nn02123045,猫\nn02084071,狗', ['猫', '狗']],
    ['numbers behind, no headings', '狗\t1\n猫\t0', ['猫', '狗']],
    ['Chinese behind, no headings', 'cat\t猫\ndog\t狗', ['猫', '狗']],
    ['names that are numbers, and no others', 'index,name\n1,20\n0,10', ['10', '20']],
  ])('%s', (_, text, expected) => {
    expect(names(text)).toEqual(expected);
  });

  it('says which columns it read', () => {
    expect(readLabels('编号,名称,备注\n1,狗,\n0,猫,家里的').notes).toEqual([
      { kind: 'columns', name: '名称', number: '编号' },
    ]);
    expect(readLabels('label,zh\ncat,猫\ndog,狗')).toMatchObject({
      labels: [
        { zh: '猫', en: 'cat' },
        { zh: '狗', en: 'dog' },
      ],
      notes: [{ kind: 'columns', name: 'zh', number: null }],
    });
  });

  it.each<[string, string, string[], object]>([
    ['from 1', '2,狗\n1,猫', ['猫', '狗'], { first: 1, last: 2, complete: true }],
    ['from 101', '102,狗\n101,猫', ['猫', '狗'], { first: 101, last: 102, complete: true }],
    ['with a gap', '5,杯\n0,猫\n3,狗', ['猫', '狗', '杯'], { first: 0, last: 5, complete: false }],
    ['twice', '1,杯\n0,猫\n0,狗', ['猫', '狗', '杯'], { first: 0, last: 1, complete: false }],
  ])('warns of numbers %s', (_, rows, expected, note) => {
    const { labels, notes } = readLabels(`编号,名称\n${rows}`);
    expect(labels.map(({ zh }) => zh)).toEqual(expected);
    expect(notes).toContainEqual({ kind: 'numbers', ...note });
    expect(readLabels(rows).notes).toEqual([{ kind: 'numbers', ...note }]);
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
      encoding: 'UTF-8',
      labels: [
        { zh: 'crane' },
        { zh: 'crane 2' },
        { zh: 'crane 3', en: 'crane 3' },
        { zh: 'crane 4', en: 'crane 4' },
      ],
      notes: [{ kind: 'repeated', count: 2 }],
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
    ['a wild number', '{"0": "猫", "4000000000": "狗"}', { kind: 'gap', at: 1 }],
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
