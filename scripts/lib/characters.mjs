// How the characters of names sound and which Traditional ones stand for them, for the search by names.
import { Converter } from 'opencc-js/cn2t';
import { pinyin } from 'pinyin-pro';

const HAN = /^\p{Script=Han}$/u;

/**
 * @param texts names and words in Simplified characters; each is read as a whole, for 乐 sounds otherwise in 乐器
 * @returns a cell a character, as web/src/words/readings.ts reads them: `猫貓 māo`, `乐樂 lè yuè`
 */
export function charactersOf(texts) {
  const traditional = Converter({ from: 'cn', to: 't' });
  const found = new Map();
  for (const text of new Set(texts)) {
    const characters = [...text].filter((one) => HAN.test(one));
    const word = characters.join('');
    const sounds = pinyin(word, { type: 'array' });
    const converted = [...traditional(word)];
    characters.forEach((one, at) => {
      const known = found.get(one) ?? { traditional: new Set(), sounds: new Set() };
      known.sounds.add(sounds[at]);
      if (converted.length === characters.length && converted[at] !== one) {
        known.traditional.add(converted[at]);
      }
      found.set(one, known);
    });
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([one, known]) => [one + [...known.traditional].join(''), ...known.sounds].join(' '));
}
