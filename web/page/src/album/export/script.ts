/** The language and characters that what leaves the page is written in. */
export interface Script {
  readonly language: 'zh' | 'en';
  /** The page's own words. */
  readonly text: (zh: string) => string;
  /** A name of a class or a category. */
  readonly name: (zh: string) => string;
}

const same = (zh: string) => zh;
export const AS_IT_IS: Script = { language: 'zh', text: same, name: same };
export const IN_ENGLISH: Script = { ...AS_IT_IS, language: 'en' };
