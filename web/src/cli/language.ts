/** What the command says while it works. */
import type { ShiwuError } from '../errors.js';

export type Language = 'zh' | 'en';

export const LANGUAGES: readonly Language[] = ['zh', 'en'];

const zh = {
  nothingGiven: '没有给出图片，请写上文件、文件夹或通配符；用法见 shiwu --help。',
  nothingFound: '没有找到图片。',
  noMatch: (pattern: string) => `没有找到：${pattern}`,
  oneStdin: '标准输入只能用一次：要么是一张图片（-），要么是文件名清单（--files-from -）。',
  stopped: '已停止。',
  bar: '{bar} {value}/{total} 张  每秒 {rate} 张  还需 {left}',
};

const en: typeof zh = {
  nothingGiven: 'No pictures given: name files, folders or globs; see shiwu --help.',
  nothingFound: 'No pictures found.',
  noMatch: (pattern) => `Nothing found: ${pattern}`,
  oneStdin:
    'Standard input can be used once: for a picture (-), or for a list of files (--files-from -).',
  stopped: 'Stopped.',
  bar: '{bar} {value}/{total}  {rate} images/s  {left} left',
};

export const TEXTS = { zh, en };

/** What went wrong and what to do, with what exactly was found. */
export function explain(error: ShiwuError, language: Language): string {
  return error.detail ? `${error[language]} (${error.detail})` : error[language];
}
