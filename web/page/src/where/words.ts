import { inLanguage } from '../copy/index.js';
import type { PlaceName } from './places.js';

const zh = {
  lookedAt: (name: string) => `亮处认出「${name}」`,
  whyNot: (name: string) => `为什么不是「${name}」？`,
  contrast: (one: string, other: string) => `红色处更像「${one}」，蓝色处更像「${other}」`,
  back: '只看一个',
  close: '收起',
  mapOf: (name: string) => `一张图：认出「${name}」时，画面各处各占多少分量`,
  here: (name: string, percent: string) => `这里：${name} ${percent}`,
  looking: '再仔细看看…',
  closer: '细看这里',
  nothing: '看不出来',
  several: '画面里的几样东西',
  one: '只找到一样东西。',
  colon: '：',
  semicolon: '；',
  stop: '。',
  places: {
    left: '左边',
    right: '右边',
    top: '上边',
    bottom: '下边',
    'top-left': '左上',
    'top-right': '右上',
    'bottom-left': '左下',
    'bottom-right': '右下',
    middle: '中间',
  } satisfies Record<PlaceName, string>,
  point: '用方向键移动准星，按回车问这一点',
};

const en: typeof zh = {
  lookedAt: (name) => `Bright: it saw “${name}” there`,
  whyNot: (name) => `Why not “${name}”?`,
  contrast: (one, other) => `Red points to “${one}”, blue to “${other}”`,
  back: 'Show one',
  close: 'Close',
  mapOf: (name) => `A map of how much each part of the photo speaks for “${name}”`,
  here: (name, percent) => `Here: ${name} ${percent}`,
  looking: 'Looking closer…',
  closer: 'Look closer here',
  nothing: 'hard to tell',
  several: 'Several things in the photo',
  one: 'Only one thing was found.',
  colon: ': ',
  semicolon: '; ',
  stop: '.',
  places: {
    left: 'left',
    right: 'right',
    top: 'top',
    bottom: 'bottom',
    'top-left': 'top left',
    'top-right': 'top right',
    'bottom-left': 'bottom left',
    'bottom-right': 'bottom right',
    middle: 'middle',
  },
  point: 'Arrows move the mark, Enter asks about it',
};

export const words = inLanguage({ zh, en });
