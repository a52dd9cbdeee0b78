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
  removed: '已删掉一条记录。',
  undo: '撤销',
  clear: '清空记录',
  clearAsk: (n: number) => `清空全部 ${n} 条记录？清空后找不回来。`,
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
  removed: 'One record was deleted.',
  undo: 'Undo',
  clear: 'Clear the history',
  clearAsk: (n) => `Clear all ${n} records? They cannot be brought back.`,
  clearYes: 'Clear',
  clearNo: 'Keep',
  open: (name, time) => `${name}, ${time}`,
  close: 'Close',
  alt: (name) => `Small picture of ${name}`,
};

export const words = inLanguage({ zh, en });
