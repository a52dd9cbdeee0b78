import './traditional.css';
import { dictionary, names } from 'virtual:traditional';
import { replacer } from './replace.js';
import { converted } from './words.js';

/** Chinese in Traditional characters, as Taiwan writes it: fetched by those who choose it. */

export const text = replacer(new Map(dictionary));

const nameOf = new Map(names);

/** The reviewed name of a class or category; any other stays as it is. */
export function name(zh: string): string {
  return nameOf.get(zh) ?? zh;
}

export function words<Words>(zh: Words): Words {
  return converted(zh, text);
}
