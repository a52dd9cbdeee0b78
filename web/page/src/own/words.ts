import { inLanguage } from '../copy/index.js';
import type { Answers } from './own-model.js';

/** The sheet that asks what a model's file does not say. */
const zh = {
  title: (file: string) => `${file} 还缺几句说明`,
  lead: '这个模型能读，只是文件里没写下面这些。答一次就好，下次放进来会记得。',
  file: '文件',
  input: '输入',
  output: '输出',
  size: '大小',
  labels: '类别的名称',
  labelsHint: (classes: number | null) =>
    classes === null
      ? '按模型输出的顺序，一行一个；标签文件（txt、csv、json）放进来也行。'
      : classes === 1
        ? '这个网络只给一个数，说的是“是不是”：写一个名称，就是“是”的那个；写两个，先“否”后“是”；不写就叫“否”和“是”。'
        : `这个网络分 ${classes} 类：按输出的顺序写 ${classes} 个名称，一行一个；标签文件（txt、csv、json）放进来也行。`,
  labelsPlaceholder: '猫\n狗\n……',
  pick: '选标签文件',
  numbers: '先用编号',
  numbered: (i: number) => `第 ${i} 类`,
  read: (n: number, some: string) => `读到 ${n} 个：${some}`,
  more: '……',
  comma: '、',
  yes: (name: string) => `模型给的数就是「${name}」的把握。`,
  noAndYes: (no: string, yes: string) => `模型给的数是「${yes}」的把握，剩下的归「${no}」。`,
  unnamed: '没写名称，就叫“否”和“是”。',
  encoding: '文件不是 UTF-8，是按 GB18030（GBK）读的；字不对的话，请另存为 UTF-8。',
  columns: (name: string, number: string | null) =>
    number === null
      ? `名称取自「${name}」一列。`
      : `名称取自「${name}」一列，按「${number}」排好了。`,
  counted: (first: number, last: number, complete: boolean) =>
    complete
      ? `编号是从 ${first} 到 ${last}，不是从 0 开始：第一类当作编号 ${first}，请核对。`
      : `编号（${first} 到 ${last}）有缺的或重的：按从小到大排了，请核对。`,
  renamed: (n: number) => `有 ${n} 个重名，后面加了编号。`,
  count: (labels: number, classes: number) => `读到 ${labels} 个名称，可是网络分 ${classes} 类。`,
  oneMore: '多了一个：第一行是表头吗？',
  oneLess: '少了一个：是不是还有一个“背景”类？',
  problem: {
    'no-labels': '这里面没有找到名称。',
    'not-json': '这个 JSON 不完整，读不出来。',
    gap: (at: number) => `编号 ${at} 的类别没有名称。`,
  },
  pixels: '像素归一化',
  pixelsHint: '训练时怎么归一化，这里就怎么选；不清楚就用第一种。',
  pixelsKinds: {
    usual: ['ImageNet', '减均值、除标准差，最常见'],
    unit: ['0 到 1', '除以 255'],
    symmetric: ['−1 到 1', '除以 127.5 再减 1'],
    raw: ['0 到 255', '原样'],
  } satisfies Record<Answers['pixels'], [string, string]>,
  side: '图片边长（像素）',
  sideHint: '这个网络什么尺寸都收，用训练时的尺寸最准。',
  others: '还有几样，一般不用改',
  color: '颜色的顺序',
  colors: { RGB: ['RGB'], BGR: ['BGR', 'OpenCV 和 Caffe 常用'] } satisfies Record<
    Answers['color'],
    string[]
  >,
  fit: '不是正方形的照片',
  fits: {
    'crop-shortest': ['取中间'],
    stretch: ['压扁'],
    pad: ['补黑边'],
  } satisfies Record<Answers['fit'], string[]>,
  task: '一张照片',
  tasks: {
    'single-label': ['只属一类'],
    'multi-label': ['可以有好几个标签'],
  } satisfies Record<Answers['task'], string[]>,
  use: '用这个模型',
  trying: '正在试',
  cancel: '先不用',
};

const en: typeof zh = {
  title: (file) => `${file} leaves a few things unsaid`,
  lead: 'The model can be read, but its file does not say what follows. Answer once; it is remembered.',
  file: 'File',
  input: 'Input',
  output: 'Output',
  size: 'Size',
  labels: 'Names of the classes',
  labelsHint: (classes) =>
    classes === null
      ? 'In the order of the network’s output, one a line; or put in a label file (txt, csv, json).'
      : classes === 1
        ? 'The network gives a single number, a yes or no: write one name, that of yes; or two, no first; or none, for “no” and “yes”.'
        : `The network tells ${classes} classes apart: ${classes} names in the order of its output, one a line; or put in a label file (txt, csv, json).`,
  labelsPlaceholder: 'cat\ndog\n…',
  pick: 'Choose a label file',
  numbers: 'Use numbers for now',
  numbered: (i) => `Class ${i}`,
  read: (n, some) => `${n} read: ${some}`,
  more: '…',
  comma: ', ',
  yes: (name) => `The model’s number is how sure it is of “${name}”.`,
  noAndYes: (no, yes) =>
    `The model’s number is how sure it is of “${yes}”; the rest belongs to “${no}”.`,
  unnamed: 'Without names they are called “no” and “yes”.',
  encoding:
    'The file is not UTF-8; it was read as GB18030 (GBK). If characters are wrong, save it as UTF-8.',
  columns: (name, number) =>
    number === null
      ? `Names come from the column “${name}”.`
      : `Names come from the column “${name}”, in the order of “${number}”.`,
  counted: (first, last, complete) =>
    complete
      ? `Numbers run from ${first} to ${last}, not from 0: ${first} is taken for the first class; please check.`
      : `Numbers from ${first} to ${last} have gaps or repeat: sorted, please check.`,
  renamed: (n) => `${n} came twice and got a number.`,
  count: (labels, classes) => `${labels} names, but the network has ${classes} classes.`,
  oneMore: 'One too many: is the first line a heading?',
  oneLess: 'One too few: is there a “background” class?',
  problem: {
    'no-labels': 'There are no names in this.',
    'not-json': 'This JSON is not complete and cannot be read.',
    gap: (at) => `Class ${at} has no name.`,
  },
  pixels: 'Pixel normalisation',
  pixelsHint: 'As they were normalised in training; if you do not know, take the first.',
  pixelsKinds: {
    usual: ['ImageNet', 'less the mean, by the deviation; most common'],
    unit: ['0 to 1', 'divided by 255'],
    symmetric: ['−1 to 1', 'divided by 127.5, less 1'],
    raw: ['0 to 255', 'as they are'],
  },
  side: 'Side of the picture in pixels',
  sideHint: 'The network takes any size; the one it was trained with is best.',
  others: 'A few more, seldom changed',
  color: 'Order of colours',
  colors: { RGB: ['RGB'], BGR: ['BGR', 'usual with OpenCV and Caffe'] },
  fit: 'Photos that are not square',
  fits: { 'crop-shortest': ['Keep the middle'], stretch: ['Squash'], pad: ['Black borders'] },
  task: 'A photo',
  tasks: {
    'single-label': ['belongs to one class'],
    'multi-label': ['may have several labels'],
  },
  use: 'Use this model',
  trying: 'Trying',
  cancel: 'Not now',
};

export const words = inLanguage({ zh, en });
