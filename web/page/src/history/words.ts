import { inLanguage } from '../copy/index.js';

const zh = {
  title: '记录',
  offer: '要记下认过的照片吗？',
  offerMore:
    '只记一张小图、名称和时间，存在这个浏览器里，最多 500 条。默认不记，随时可以一键清空。',
  begin: '开始记录',
  stop: '不再记录',
  empty: '还没有记录。认一张照片，就会出现在这里。',
  today: '今天',
  yesterday: '昨天',
  pasted: '粘贴的图片',
  by: (model: string) => `由 ${model} 认出`,
  remove: (name: string) => `删掉「${name}」这一条`,
  removeShort: '删掉',
  removed: (n: number) => `已删掉 ${n} 条记录。`,
  notStored: '浏览器没能存下来，请再试一次。',
  bars: {
    denied: '浏览器不让本页存东西，这里记不下来。',
    full: '浏览器给本页的空间满了，新的记不下来。清出些空间，或删掉几条。',
    newer: '这个浏览器里的记录是新版识物存的，旧版没有动它。重新打开页面就能看到。',
  },
  clear: '清空记录',
  clearAsk: (n: number) => `清空全部 ${n} 条记录？`,
  clearYes: '清空',
  clearNo: '留着',
  open: (name: string, time: string) => `${name}，${time}`,
  close: '关闭',
  alt: (name: string) => `${name}的小图`,
};

const en: typeof zh = {
  title: 'History',
  offer: 'Keep a record of what was named?',
  offerMore:
    'A small picture, the name and the time are kept in this browser, 500 at most. It is off unless you turn it on, and cleared by one click.',
  begin: 'Start keeping',
  stop: 'Stop keeping',
  empty: 'Nothing yet. Have a photo named and it appears here.',
  today: 'Today',
  yesterday: 'Yesterday',
  pasted: 'pasted picture',
  by: (model) => `named by ${model}`,
  remove: (name) => `Delete the record of ${name}`,
  removeShort: 'Delete',
  removed: (n) => (n === 1 ? 'One record was deleted.' : `${n} records were deleted.`),
  notStored: 'The browser could not store that. Please try again.',
  bars: {
    denied: 'The browser lets this page store nothing, so nothing can be kept here.',
    full: 'There is no room left to keep more. Make room, or delete some of these.',
    newer:
      'A newer shiwu keeps the history in this browser, which this older page has left alone. Open the page anew to see it.',
  },
  clear: 'Clear the history',
  clearAsk: (n) => `Clear all ${n} records?`,
  clearYes: 'Clear',
  clearNo: 'Keep',
  open: (name, time) => `${name}, ${time}`,
  close: 'Close',
  alt: (name) => `Small picture of ${name}`,
};

export const words = inLanguage({ zh, en });
