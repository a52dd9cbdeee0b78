import { computed } from '@preact/signals';
import { language } from '../state/language.js';
import { en } from './en.js';
import { type Copy, zh } from './zh.js';

/** The words of the language in use; reading it in a component follows the switch. */
export const copy = computed<Copy>(() => (language.value === 'zh' ? zh : en));

export type { Copy };
