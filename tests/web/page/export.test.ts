import { describe, expect, it } from 'vitest';
import { csvOf } from '../../../web/page/src/album/export/csv.js';
import { jsonOf } from '../../../web/page/src/album/export/json.js';
import { rowOf } from '../../../web/page/src/album/export/rows.js';
import { MISSING_LIST, placeOf, zipOf } from '../../../web/page/src/album/export/zip.js';
import { ESPRESSO, photo, TABBY } from './entries.js';

const failure = { code: 'truncated-image', zh: '图片不完整', en: 'cut off' };
const cat = photo('旅行/IMG_1.jpg', [TABBY, { ...ESPRESSO, score: 0.05 }]);
const formula = photo('=SUM(A1).jpg', [{ ...ESPRESSO, score: 0.95 }]);
const quoted = photo('a,"b".jpg', [], { state: 'failed', failure, width: 0, height: 0 });

describe('csv', () => {
  it('opens in Excel: a mark, CRLF, quotes, and nothing that is run', () => {
    expect(csvOf([cat, formula, quoted].map(rowOf))).toBe(
      [
        '\uFEFF文件,名称,英文,类别,把握,手工更正,宽,高,问题',
        '旅行/IMG_1.jpg,虎斑猫,tabby cat,动物 › 猫,0.8,,400,300,',
        "'=SUM(A1).jpg,浓缩咖啡,espresso,食物 › 饮品,0.95,,400,300,",
        '"a,""b"".jpg",,,,,,,,truncated-image: 图片不完整',
        '',
      ].join('\r\n'),
    );
  });

  it('puts line breaks into quotes, a bare LF or CR too', () => {
    expect(csvOf([rowOf(photo('a\nb.jpg', [TABBY])), rowOf(photo('c\rd.jpg', [TABBY]))])).toContain(
      '\r\n"a\nb.jpg",虎斑猫,tabby cat,动物 › 猫,0.8,,400,300,\r\n"c\rd.jpg",虎斑猫',
    );
  });

  it('says which names were given by hand', () => {
    const mended = photo('x.jpg', [TABBY], { corrected: { ...ESPRESSO, score: 1 } });
    expect(csvOf([rowOf(mended)]).split('\r\n')[1]).toBe(
      'x.jpg,浓缩咖啡,espresso,食物 › 饮品,1,是,400,300,',
    );
  });
});

describe('json', () => {
  it('has every guess', () => {
    expect(JSON.parse(jsonOf([rowOf(cat)]))).toEqual([
      {
        file: '旅行/IMG_1.jpg',
        zh: '虎斑猫',
        en: 'tabby cat',
        categories: ['动物', '猫'],
        score: 0.8,
        corrected: false,
        width: 400,
        height: 300,
        error: '',
        guesses: [
          { id: 'n02123045', zh: '虎斑猫', en: 'tabby cat', score: 0.8 },
          { id: 'n07920052', zh: '浓缩咖啡', en: 'espresso', score: 0.05 },
        ],
      },
    ]);
  });
});

describe('zip', () => {
  it('sorts into folders whose names every system allows', () => {
    expect(placeOf(cat)).toBe('动物/猫/IMG_1.jpg');
    expect(placeOf(photo('a/b:c?.jpg', [TABBY]))).toBe('动物/猫/b-c-.jpg');
    expect(placeOf(photo('u.jpg', [{ ...TABBY, score: 0.2 }]))).toBe('没把握/u.jpg');
    expect(placeOf(photo('o.jpg', [{ ...TABBY, categories: [] }]))).toBe('其他/o.jpg');
    expect(placeOf(quoted)).toBe('没认出来/a,-b-.jpg');
    expect(placeOf(photo('w.jpg', []))).toBe('还没认/w.jpg');
  });

  it('holds the originals, none over another, and lists what is missing', async () => {
    const twin = photo('家/IMG_1.jpg', [TABBY]);
    const gone = photo('gone.jpg', [ESPRESSO]);
    const files = new Map([
      [cat.key, new File(['one'], 'IMG_1.jpg')],
      [twin.key, new File(['two'], 'IMG_1.jpg')],
    ]);
    const seen: number[] = [];
    const zip = zipOf(
      [cat, twin, gone],
      async (key) => files.get(key) ?? null,
      (done) => seen.push(done),
      new AbortController().signal,
    );
    expect(unzip(new Uint8Array(await zip.arrayBuffer()))).toEqual({
      '动物/猫/IMG_1.jpg': 'one',
      '动物/猫/IMG_1 (2).jpg': 'two',
      [MISSING_LIST]: '\uFEFFgone.jpg\r\n',
    });
    expect(seen).toEqual([1, 2, 3]);
  });
});

/** Stored files of an archive, read by its central directory (APPNOTE 4.3.12). */
function unzip(bytes: Uint8Array): Record<string, string> {
  const view = new DataView(bytes.buffer);
  const text = (from: number, length: number) =>
    new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(from, from + length));
  const found: Record<string, string> = {};
  for (let at = 0; at + 46 <= bytes.length; at++) {
    if (view.getUint32(at, true) !== 0x02014b50) continue;
    const length = view.getUint16(at + 28, true);
    const size = view.getUint32(at + 24, true);
    const local = view.getUint32(at + 42, true);
    const data = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    found[text(at + 46, length)] = text(data, size);
  }
  return found;
}
