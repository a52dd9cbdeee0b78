import { describe, expect, it } from 'vitest';
import { Search } from '../../../web/page/src/album/search.js';
import { BANK, ESPRESSO, photo, TABBY } from './entries.js';

const cat = photo('旅行/IMG_1.jpg', [TABBY]);
const cup = photo('breakfast.png', [ESPRESSO, { ...TABBY, score: 0.2 }]);
const bank = photo('street.jpg', [BANK, { ...TABBY, score: 0.1 }]);
const all = [bank, cup, cat];

describe('search', async () => {
  const search = await Search.load();
  const found = (query: string) => search.find(query, all).map(({ path }) => path);

  it.each([
    ['虎斑猫', ['旅行/IMG_1.jpg', 'breakfast.png']],
    ['狸花', ['旅行/IMG_1.jpg', 'breakfast.png']],
    ['动物', ['旅行/IMG_1.jpg', 'breakfast.png']],
    ['hubanmao', ['旅行/IMG_1.jpg', 'breakfast.png']],
    ['hbm', ['旅行/IMG_1.jpg', 'breakfast.png']],
    ['banmao', ['旅行/IMG_1.jpg', 'breakfast.png']],
    ['nongsuo', ['breakfast.png']],
    ['yinpin', ['breakfast.png']],
    ['espresso', ['breakfast.png']],
    ['Tabby', ['旅行/IMG_1.jpg', 'breakfast.png']],
    ['旅行', ['旅行/IMG_1.jpg']],
    ['street', ['street.jpg']],
    ['zzz', []],
  ])('%s', (query, paths) => {
    expect(found(query)).toEqual(paths);
  });

  it('reads a character by the sound it has in the word: 银行 is yinhang', () => {
    expect(found('yinhang')).toEqual(['street.jpg']);
  });

  it('lists everything for no words, in the order given', () => {
    expect(found('  ')).toEqual(['street.jpg', 'breakfast.png', '旅行/IMG_1.jpg']);
  });

  it('takes the visitor at their word', () => {
    const mended = photo('x.jpg', [TABBY], { corrected: { ...BANK, score: 1 } });
    expect(search.find('hubanmao', [mended])).toEqual([]);
    expect(search.find('银行', [mended])).toEqual([mended]);
  });

  it('answers at once for ten thousand photos', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => ({ ...cat, key: String(i) }));
    expect(search.find('hbm', many)).toHaveLength(10_000);
  });
});
