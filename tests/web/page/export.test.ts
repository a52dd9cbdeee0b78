import { describe, expect, it } from 'vitest';
import { chineseOfPage, reviewedNames } from '../../../web/page/plugins/traditional.js';
import { dictionaryOf } from '../../../web/page/plugins/traditional-dictionary.js';
import { csvOf } from '../../../web/page/src/album/export/csv.js';
import { jsonOf } from '../../../web/page/src/album/export/json.js';
import { rowOf } from '../../../web/page/src/album/export/rows.js';
import { IN_ENGLISH, type Script } from '../../../web/page/src/album/export/script.js';
import { MISSING_LIST, placeOf, zipOf } from '../../../web/page/src/album/export/zip.js';
import { replacer } from '../../../web/page/src/traditional/replace.js';
import { ESPRESSO, photo, TABBY } from './entries.js';

const failure = { code: 'truncated-image', zh: '图片不完整', en: 'cut off' };
const cat = photo('旅行/IMG_1.jpg', [TABBY, { ...ESPRESSO, score: 0.05 }]);
const formula = photo('=SUM(A1).jpg', [{ ...ESPRESSO, score: 0.95 }]);
const quoted = photo('a,"b".jpg', [], { state: 'failed', failure, width: 0, height: 0 });

describe('csv', () => {
  it('opens in Excel: a mark, CRLF, quotes, and nothing that is run', () => {
    expect(csvOf([cat, formula, quoted].map((each) => rowOf(each)))).toBe(
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

describe('in Traditional characters', () => {
  const names = new Map(reviewedNames());
  const script: Script = {
    language: 'zh',
    text: replacer(new Map(dictionaryOf(chineseOfPage()))),
    name: (zh: string) => names.get(zh) ?? zh,
  };
  const cup = photo('照片/杯.jpg', [ESPRESSO], { corrected: { ...ESPRESSO, score: 1 } });

  it('headings, names, categories and what went wrong, but not what files are called', () => {
    const rows = [cup, quoted].map((entry) => rowOf(entry, script));
    expect(csvOf(rows, script)).toBe(
      [
        '\uFEFF檔案,名稱,英文,類別,把握,手工更正,寬,高,問題',
        '照片/杯.jpg,濃縮咖啡,espresso,食物 › 飲料,1,是,400,300,',
        '"a,""b"".jpg",,,,,,,,truncated-image: 圖片不完整',
        '',
      ].join('\r\n'),
    );
    expect(rows[0]?.guesses[0]?.zh).toBe('濃縮咖啡');
  });

  it('folders of the archive, and the list of what is missing', async () => {
    expect(placeOf(cup, script)).toBe('食物/飲料/杯.jpg');
    expect(placeOf(quoted, script)).toBe('沒認出來/a,-b-.jpg');
    const zip = zipOf(
      [cup],
      async () => null,
      () => {},
      new AbortController().signal,
      script,
    );
    const bytes = new Uint8Array(await zip.arrayBuffer());
    expect(new TextDecoder().decode(bytes)).toContain('缺少的照片.txt');
  });
});

describe('for those who read English', () => {
  it('the table has English headings, names first in English, English categories', () => {
    const mended = photo('x.jpg', [TABBY], { corrected: { ...ESPRESSO, score: 1 } });
    expect(
      csvOf(
        [cat, mended].map((each) => rowOf(each)),
        IN_ENGLISH,
      )
        .split('\r\n')
        .slice(0, 3),
    ).toEqual([
      '\uFEFFFile,Name,Chinese,Categories,Certainty,By hand,Width,Height,Problem',
      '旅行/IMG_1.jpg,tabby cat,虎斑猫,Animals › Cats,0.8,,400,300,',
      'x.jpg,espresso,浓缩咖啡,Food › Drinks,1,yes,400,300,',
    ]);
  });

  it('the archive has English folders', () => {
    expect(placeOf(cat, IN_ENGLISH)).toBe('Animals/Cats/IMG_1.jpg');
    expect(placeOf(photo('u.jpg', [{ ...TABBY, score: 0.2 }]), IN_ENGLISH)).toBe('Unsure/u.jpg');
    expect(placeOf(photo('w.jpg', []), IN_ENGLISH)).toBe('Not named yet/w.jpg');
    expect(MISSING_LIST.en).toBe('Missing photos.txt');
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
        categories_en: ['Animals', 'Cats'],
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
    expect(placeOf(photo('nul.txt.jpg', [TABBY]))).toBe('动物/猫/nul-.txt.jpg');
  });

  it("leaves its folder by no model's name of a category", () => {
    const categories = ['..', '../../up', '/', 'a\\..'].map((zh) => ({
      id: zh,
      zh,
      en: zh,
      itself: true,
    }));
    const entry = photo('x.jpg', [{ ...TABBY, categories }]);
    expect(placeOf(entry)).toBe('-/..-..-up/-/a--/x.jpg');
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
      [MISSING_LIST.zh]: '\uFEFFgone.jpg\r\n',
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
