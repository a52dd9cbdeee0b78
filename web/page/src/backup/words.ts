import { inLanguage } from '../copy/index.js';

/** What has come back from a file, in numbers. */
export interface Restored {
  readonly photos: number;
  readonly corrections: number;
  readonly records: number;
  /** Records that were too many. */
  readonly left: number;
  /** That were taught. */
  readonly things: number;
  readonly models: number;
  /** Whether the file has a model other than the one that is kept here. */
  readonly otherModel: boolean;
  readonly settings: number;
}

const zh = {
  title: '你的数据',
  lead: '相册（连同原图和更正）、记录、教过的、你放进来的模型和设置，存成一个文件，换一台设备、换一个浏览器都能接着用。',
  rule: '恢复时只添上这里没有的，这里已有的照片、名称和设置都不会动。',
  save: '全部存成一个文件',
  restore: '从文件恢复',
  saving: (bytes: string) => `正在存，已写 ${bytes}`,
  checking: (done: string, all: string) => `正在检查文件 ${done} / ${all}`,
  restoring: (done: string, all: string) => `正在放回 ${done} / ${all}`,
  stop: '停下',
  saved: (name: string) => `已存为 ${name}。里面有你的照片，请收好。`,
  unsaved: '没能存成文件，请再试一次。',
  undone: '已撤销，和恢复之前一样。',
  nothing: '文件里的，这里都有了，什么也没有变。',
  fileName: '识物-我的数据',
  back: (list: string) => `放回来了：${list}。`,
  photos: (n: number) => `${n} 张照片`,
  corrections: (n: number) => `${n} 处更正`,
  records: (n: number) => `${n} 条记录`,
  things: (n: number) => `${n} 样教过的`,
  models: (_: number) => '1 个模型',
  settings: (n: number) => `${n} 项设置`,
  left: (n: number) => `记录最多存 500 条，最早的 ${n} 条没有放回。`,
  otherModel: '这里已有一个你放进来的模型，文件里的那个没有放回。',
  comma: '、',
  gap: '',
};

const en: typeof zh = {
  title: 'Your data',
  lead: 'The album with its originals and corrections, the history, what you taught it, your own model and the settings in one file, to go on with in another browser or on another device.',
  rule: 'Restoring only adds what is not here: photos, names and settings that are here stay as they are.',
  save: 'Save everything as a file',
  restore: 'Restore from a file',
  saving: (bytes) => `Saving: ${bytes} written`,
  checking: (done, all) => `Checking the file: ${done} of ${all}`,
  restoring: (done, all) => `Restoring: ${done} of ${all}`,
  stop: 'Stop',
  saved: (name) => `Saved as ${name}. Your photos are in it: keep it safe.`,
  unsaved: 'The file could not be saved. Please try again.',
  undone: 'Undone: all is as it was before.',
  nothing: 'All that is in the file is here already; nothing has changed.',
  fileName: 'shiwu-my-data',
  back: (list) => `Restored: ${list}.`,
  photos: (n) => (n === 1 ? '1 photo' : `${n} photos`),
  corrections: (n) => (n === 1 ? '1 correction' : `${n} corrections`),
  records: (n) => (n === 1 ? '1 record' : `${n} records`),
  things: (n) => (n === 1 ? '1 thing you taught' : `${n} things you taught`),
  models: () => '1 model',
  settings: (n) => (n === 1 ? '1 setting' : `${n} settings`),
  left: (n) => `The history keeps 500 records: the oldest ${n} were left out.`,
  otherModel: 'A model of yours is here already; the one in the file was left out.',
  comma: ', ',
  gap: ' ',
};

export const words = inLanguage({ zh, en });

const COUNTED = ['photos', 'corrections', 'records', 'things', 'models', 'settings'] as const;

/** What has come back, in a sentence or two. */
export function summary(what: Restored): string {
  const said = words.value;
  const counts = COUNTED.filter((each) => what[each] > 0).map((each) => said[each](what[each]));
  return [
    counts.length > 0 ? said.back(counts.join(said.comma)) : said.nothing,
    what.left > 0 ? said.left(what.left) : '',
    what.otherModel ? said.otherModel : '',
  ]
    .filter(Boolean)
    .join(said.gap);
}
