/** What the command says while it works. */
import type { ShiwuError } from '../errors.js';
import type { Answer, Prediction } from '../types.js';
import { ERRORS_ZH_HANT } from '../words/errors-hant.js';

export type Language = 'zh' | 'zh-hant' | 'en';

export const LANGUAGES: readonly Language[] = ['zh', 'zh-hant', 'en'];

const zh = {
  nothingGiven: '没有给出图片，请写上文件、文件夹或通配符；用法见 shiwu --help。',
  nothingFound: '没有找到图片。',
  noMatch: (pattern: string) => `没有找到：${pattern}`,
  oneStdin: '标准输入只能用一次：要么是一张图片（-），要么是文件名清单（--files-from -）。',
  stopped: '已停止。',
  skipped: {
    seen: (path: string) => `跳过（这个文件夹已经看过）：${path}`,
    broken: (path: string) => `跳过（链接指向的文件不在了）：${path}`,
    unreadable: (path: string) => `跳过（文件夹打不开）：${path}`,
  },
  needLabels: '用 --labels 给出类别的名称（txt、csv、json）。',
  labels: {
    encoding: (file: string) => `${file} 不是 UTF-8，按 GB18030（GBK）读。`,
    columns: (name: string, number: string | null) =>
      `名称取自「${name}」一列${number === null ? '' : `，按「${number}」排好`}。`,
    numbers: (first: number, last: number) => `编号从 ${first} 到 ${last}，按从小到大排，请核对。`,
    repeated: (count: number) => `有 ${count} 个重名，后面加了编号。`,
  },
  bar: '{bar} {value}/{total} 张  每秒 {rate} 张  还需 {left}',
};

/** In the words of Taiwan. A test holds them to what the page's dictionary makes of `zh`. */
const zhHant: typeof zh = {
  nothingGiven: '沒有給出圖片，請寫上檔案、資料夾或萬用字元；用法見 shiwu --help。',
  nothingFound: '沒有找到圖片。',
  noMatch: (pattern) => `沒有找到：${pattern}`,
  oneStdin: '標準輸入只能用一次：要麼是一張圖片（-），要麼是檔名清單（--files-from -）。',
  stopped: '已停止。',
  skipped: {
    seen: (path) => `跳過（這個資料夾已經看過）：${path}`,
    broken: (path) => `跳過（連結指向的檔案不在了）：${path}`,
    unreadable: (path) => `跳過（資料夾打不開）：${path}`,
  },
  needLabels: '用 --labels 給出類別的名稱（txt、csv、json）。',
  labels: {
    encoding: (file) => `${file} 不是 UTF-8，按 GB18030（GBK）讀。`,
    columns: (name, number) =>
      `名稱取自「${name}」一列${number === null ? '' : `，按「${number}」排好`}。`,
    numbers: (first, last) => `編號從 ${first} 到 ${last}，按從小到大排，請核對。`,
    repeated: (count) => `有 ${count} 個重名，後面加了編號。`,
  },
  bar: '{bar} {value}/{total} 張  每秒 {rate} 張  還需 {left}',
};

const en: typeof zh = {
  nothingGiven: 'No pictures given: name files, folders or globs; see shiwu --help.',
  nothingFound: 'No pictures found.',
  noMatch: (pattern) => `Nothing found: ${pattern}`,
  oneStdin:
    'Standard input can be used once: for a picture (-), or for a list of files (--files-from -).',
  stopped: 'Stopped.',
  skipped: {
    seen: (path) => `Skipped, for this folder has been looked into: ${path}`,
    broken: (path) => `Skipped, a link to a file that is gone: ${path}`,
    unreadable: (path) => `Skipped, a folder that cannot be read: ${path}`,
  },
  needLabels: 'Give the names of its classes by --labels (txt, csv, json).',
  labels: {
    encoding: (file) => `${file} is not UTF-8; it is read as GB18030 (GBK).`,
    columns: (name, number) =>
      `Names from the column “${name}”${number === null ? '' : `, in the order of “${number}”`}.`,
    numbers: (first, last) => `Numbers run from ${first} to ${last}: sorted, please check.`,
    repeated: (count) => `${count} names came twice and got a number.`,
  },
  bar: '{bar} {value}/{total}  {rate} images/s  {left} left',
};

export const TEXTS = { zh, 'zh-hant': zhHant, en };

/** What went wrong and what to do, with what exactly was found. */
export function explain(error: ShiwuError, language: Language): string {
  const sentence = language === 'zh-hant' ? ERRORS_ZH_HANT[error.code] : error[language];
  return error.detail ? `${sentence} (${error.detail})` : sentence;
}

/** What it is called; a model of one's own has its names as they are. */
export function nameIn(
  language: Language,
  { label_zh, label_zh_hant, label_en }: Prediction | Answer,
): string {
  if (language === 'en') return label_en;
  return language === 'zh' ? label_zh : (label_zh_hant ?? label_zh);
}
