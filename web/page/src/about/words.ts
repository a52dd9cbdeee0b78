import { inLanguage } from '../copy/index.js';

const zh = {
  read: '朗读',
  stop: '停下',
  pinyin: (pinyin: string) => `拼音：${pinyin}`,
};

const en: typeof zh = {
  read: 'Read aloud',
  stop: 'Stop',
  pinyin: (pinyin) => `Pinyin: ${pinyin}`,
};

export const words = inLanguage({ zh, en });
