import { ConverterBuilder, type DictGroup, Trie } from 'opencc-js/core';
import * as preset from 'opencc-js/preset/cn2t';
import { replacer } from '../src/traditional/replace.js';
import { OVERRIDES } from './traditional-overrides.js';

export type Pairs = [simplified: string, traditional: string][];

const convert = ConverterBuilder(preset)({ from: 'cn', to: 'twp' });
const segments = new Trie();
segments.loadDictGroup(preset.configs.s2twp?.segmentation as unknown as DictGroup);

/** A run of Chinese: what stands between is the same in both scripts. */
const CHINESE = /[\p{Script=Han}〇]+/gu;

const overrides = new RegExp(`(${OVERRIDES.map(([word]) => word).join('|')})`, 'u');
const override = new Map(OVERRIDES);

/** A text as OpenCC puts it for Taiwan (s2twp), but for the overrides. */
export function toTraditional(text: string): string {
  return text
    .split(overrides)
    .map((part) => override.get(part) ?? convert(part))
    .join('');
}

/**
 * Of OpenCC's dictionaries of a megabyte what these texts need: pairs that make of each what `toTraditional`
 * makes of it. Characters stand for what they become alone, and a word is there where that is wrong.
 */
export function dictionaryOf(texts: readonly string[]): Pairs {
  const runs = [...new Set(texts.flatMap((text) => text.match(CHINESE) ?? []))];
  const parts = [...new Set(runs.flatMap((run) => run.split(overrides)))].filter(
    (part) => !override.has(part),
  );
  const words = new Map<string, string>();
  for (const word of parts.flatMap((part) => segments.segment(part)))
    words.set(word, convert(word));

  const found = new Map([...new Set(parts.join(''))].map((one) => [one, convert(one)]));
  const byCharacter = replacer(found);
  for (const [word, traditional] of words) {
    if (byCharacter(word) !== traditional) found.set(word, traditional);
  }
  for (const pair of OVERRIDES) found.set(...pair);
  // A word may begin within another one's end: then the whole run is its own word.
  for (let wrong = runs; wrong.length > 0; ) {
    const replace = replacer(found);
    wrong = wrong.filter((run) => replace(run) !== toTraditional(run));
    for (const run of wrong) found.set(run, toTraditional(run));
  }
  return [...found].filter(
    ([simplified, traditional]) => simplified !== traditional || simplified.length > 1,
  );
}
