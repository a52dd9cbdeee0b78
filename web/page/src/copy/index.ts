import { computed, type ReadonlySignal } from '@preact/signals';
import { language, traditional } from '../state/language.js';
import { en } from './en.js';
import { type Copy, zh } from './zh.js';

/** The words of the language in use; reading it in a component follows the switch. */
export const copy = inLanguage<Copy>({ zh, en });

/** The same for the words of one room, which come with its code. */
export function inLanguage<Words>(both: {
  readonly zh: Words;
  readonly en: NoInfer<Words>;
}): ReadonlySignal<Words> {
  return computed(() =>
    language.value === 'en' ? both.en : (traditional.value?.words(both.zh) ?? both.zh),
  );
}

/** Of dates and times: what kind of English the browser speaks says how it writes them. */
export const locale = computed(() =>
  copy.value.lang === 'en'
    ? (navigator.languages.find((one) => /^en\b/i.test(one)) ?? 'en')
    : copy.value.lang,
);

export type { Copy };
