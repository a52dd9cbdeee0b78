/** Stand around what a sentence is given, such as a file's name, which stays as it is. */
const OPEN = '\uE000';
const CLOSE = '\uE001';
const GIVEN = new RegExp(`${OPEN}[^${CLOSE}]*${CLOSE}`, 'gu');

/** The same words, sentences and lists of them, in the same shape, with `convert` done to what is written there. */
export function converted<Words>(words: Words, convert: (text: string) => string): Words {
  return anyConverted(words, convert) as Words;
}

function anyConverted(value: unknown, convert: (text: string) => string): unknown {
  if (typeof value === 'string') return convert(value);
  if (typeof value === 'function') {
    return (...given: unknown[]) => {
      const guarded = given.map((one) => (typeof one === 'string' ? OPEN + one + CLOSE : one));
      const apart = (text: string) => around(text, convert);
      return anyConverted((value as (...all: unknown[]) => unknown)(...guarded), apart);
    };
  }
  if (Array.isArray(value)) return value.map((one) => anyConverted(one, convert));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, anyConverted(one, convert)]),
  );
}

function around(text: string, convert: (text: string) => string): string {
  let whole = '';
  let at = 0;
  for (const { 0: given, index } of text.matchAll(GIVEN)) {
    whole += convert(text.slice(at, index)) + given.slice(1, -1);
    at = index + given.length;
  }
  return whole + convert(text.slice(at));
}
