import { inLanguage } from '../copy/index.js';

const zh = {
  read: '朗读',
  stop: '停下',
};

const en: typeof zh = {
  read: 'Read aloud',
  stop: 'Stop',
};

export const words = inLanguage({ zh, en });
