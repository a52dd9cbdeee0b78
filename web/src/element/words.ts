/** What the element says. */
import type { ShiwuError } from '../errors.js';
import type { Prediction } from '../types.js';
import { ERRORS_ZH_HANT } from '../words/errors-hant.js';

export interface Words {
  /** For screen readers, which read each language in its own voice. */
  readonly lang: string;
  readonly prompt: string;
  readonly hint: string;
  readonly another: string;
  readonly previewAlt: string;
  readonly preparing: string;
  readonly starting: string;
  readonly working: string;
  readonly candidates: string;
  readonly noneSure: string;
  /** Said where nothing is certain. */
  readonly unsure: string;
  /** Said where only the category is certain; `itself`: one does not say a kind of it. */
  readonly kind: (name: string, itself: boolean) => string;
  /** The answer as it is read aloud: names with scores, best first. */
  readonly spoken: (names: readonly string[]) => string;
  readonly nameOf: (names: Pick<Prediction, 'label_zh' | 'label_en' | 'label_zh_hant'>) => string;
  readonly failed: (error: ShiwuError) => string;
}

export const zh: Words = {
  lang: 'zh-CN',
  prompt: '选一张照片',
  hint: '也可以拖到这里，或者粘贴',
  another: '换一张照片',
  previewAlt: '待认的照片',
  preparing: '正在准备识别模型',
  starting: '正在启动识别引擎',
  working: '正在看',
  candidates: '最像的几种',
  noneSure: '没有哪一类足够像。',
  unsure: '看不出来。',
  kind: (name, itself) => `应该是${itself ? '' : '一种'}${name}。`,
  spoken: (names) => `最像${names.join('，其次')}。`,
  nameOf: ({ label_zh }) => label_zh,
  failed: ({ zh }) => zh,
};

/** In the words of Taiwan. A test holds them to what the page's dictionary makes of `zh`. */
export const hant: Words = {
  lang: 'zh-Hant',
  prompt: '選一張照片',
  hint: '也可以拖到這裡，或者貼上',
  another: '換一張照片',
  previewAlt: '待認的照片',
  preparing: '正在準備識別模型',
  starting: '正在啟動識別引擎',
  working: '正在看',
  candidates: '最像的幾種',
  noneSure: '沒有哪一類足夠像。',
  unsure: '看不出來。',
  kind: (name, itself) => `應該是${itself ? '' : '一種'}${name}。`,
  spoken: (names) => `最像${names.join('，其次')}。`,
  // Names of a model of one's own are as they are.
  nameOf: ({ label_zh, label_zh_hant }) => label_zh_hant ?? label_zh,
  failed: ({ code }) => ERRORS_ZH_HANT[code],
};

export const en: Words = {
  lang: 'en',
  prompt: 'Choose a photo',
  hint: 'or drop it here, or paste',
  another: 'Choose another photo',
  previewAlt: 'The photo to name',
  preparing: 'Preparing the model',
  starting: 'Starting the engine',
  working: 'Looking',
  candidates: 'Most like',
  noneSure: 'No class is like it enough.',
  unsure: 'Can’t tell.',
  kind: (name) => `Some kind of ${name}.`,
  spoken: (names) => `Most like ${names.join(', then ')}.`,
  // A model of one's own may have Chinese names only.
  nameOf: ({ label_zh, label_en }) => label_en || label_zh,
  failed: ({ en }) => en,
};

/** By a language tag; Chinese unless it is English. */
export function wordsIn(lang: string | null): Words {
  if (/^en\b/i.test(lang ?? '')) return en;
  return /^zh-(hant|tw|hk|mo)\b/i.test(lang ?? '') ? hant : zh;
}

/** 0.384 → "38%", 0.0123 → "1.2%", 0.0004 → "<0.1%"; never "100%" for less than that. */
export function percent(score: number): string {
  const value = score * 100;
  if (value >= 99.95) return '100%';
  if (value >= 99) return `${(Math.floor(value * 10) / 10).toFixed(1)}%`;
  if (value >= 10) return `${Math.round(value)}%`;
  if (value >= 0.1) return `${value.toFixed(1)}%`;
  return '<0.1%';
}

/** "3.1 / 22.4 MB", in millions of bytes as browsers count. */
export function megabytes(loaded: number, total: number): string {
  const text = (bytes: number) => (bytes / 1e6).toFixed(1);
  return total > 0 ? `${text(loaded)} / ${text(total)} MB` : `${text(loaded)} MB`;
}
