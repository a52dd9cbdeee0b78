import { computed, signal } from '@preact/signals';

/** What names and sentences come in. */
export type Language = 'zh' | 'en';
/** What a visitor chooses: Chinese in Simplified or in Traditional characters, or English. */
export type Tongue = Language | 'zh-hant';

type Traditional = typeof import('../traditional/traditional.js');

const KEY = 'shiwu.language';

/** As it was chosen once; else as the browser speaks: English for those who read it, Chinese for all others. */
export const tongue = signal<Tongue>(recall());
export const language = computed<Language>(() => (tongue.value === 'en' ? 'en' : 'zh'));

/** Traditional characters, once they are fetched; until then, Simplified ones have to do. */
const fetched = signal<Traditional | null>(null);
export const traditional = computed(() => (tongue.value === 'zh-hant' ? fetched.value : null));

/** The last choice: another one may still wait for its words. */
let wanted: Tongue | null = null;

/** Changes over when the words are there. Rejects where they cannot be had; the former tongue then stays. */
export async function chooseLanguage(chosen: Tongue): Promise<void> {
  wanted = chosen;
  if (chosen === 'zh-hant') await fetchTraditional();
  if (wanted !== chosen) return;
  tongue.value = chosen;
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}

/** As if none had been made: back to this one for the visit. */
export async function unchooseLanguage(before: Tongue): Promise<void> {
  await chooseLanguage(before);
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Then nothing was written either.
  }
}

/** The remembered choice; null where none was made. */
export function chosenTongue(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** What the remembered choice needs is there; or it cannot be had, and Simplified characters have to do. */
export async function languageReady(): Promise<void> {
  if (tongue.peek() === 'zh-hant') await fetchTraditional().catch(() => {});
}

/** The one in use. */
export function told(both: { readonly zh: string; readonly en: string }): string {
  return language.value === 'en' ? both.en : inScript(both.zh);
}

/** Chinese in the characters in use. */
export function inScript(zh: string): string {
  return traditional.value?.text(zh) ?? zh;
}

/** A class's or category's name in the characters in use; one in English is what it is. */
export function written(name: string): string {
  return traditional.value?.name(name) ?? name;
}

export function isTongue(value: unknown): value is Tongue {
  return value === 'zh' || value === 'zh-hant' || value === 'en';
}

async function fetchTraditional(): Promise<void> {
  fetched.value ??= await import('../traditional/traditional.js');
}

function recall(): Tongue {
  const chosen = chosenTongue();
  if (isTongue(chosen)) return chosen;
  if (/^zh-(hant|tw|hk|mo)/i.test(navigator.language)) return 'zh-hant';
  return /^en\b/i.test(navigator.language) ? 'en' : 'zh';
}
