import { signal } from '@preact/signals';

export type Language = 'zh' | 'en';

const KEY = 'shiwu.language';

/** Chinese first; English only for those who once chose it. */
export const language = signal<Language>(recall());

export function chooseLanguage(chosen: Language): void {
  language.value = chosen;
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}

function recall(): Language {
  try {
    return localStorage.getItem(KEY) === 'en' ? 'en' : 'zh';
  } catch {
    return 'zh';
  }
}
