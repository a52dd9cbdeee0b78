import { inLanguage } from '../copy/index.js';

/** Words for what can be done with the photo on the table. */

const zh = {
  tools: '这张照片',
  region: '框一块',
  whole: '看整张',
  where: '看了哪里',
  several: '几样东西',
  undo: '撤销',
  redo: '重做',
  copy: '复制',
  share: '分享',
  save: '存成图片',
  keys: '快捷键',
  copied: '答案已复制。',
  notCopied: '浏览器不让复制，请选中文字再复制。',
  saved: (name: string) => `已存为 ${name}。`,
  notSaved: '没能存下来，请再试一次。',
  tooSmall: '框得太小了，拖大一点再问。',
  regionHint: '拖一个框，问问这里是什么',
  pointKeys: '照片：点一下问这一点，拖一个框问这一块；键盘用方向键移动准星，回车提问',
  regionKeys: '选择框：方向键移动，按住 Shift 改大小，回车开始认，Esc 取消',
  part: '局部',
  partSpoken: '选中的部分：',
  fileName: (name: string) => `识物-${name}`,
  signature: '识物',
  otherSite:
    '为了不向外发任何请求，这个页面不从别的网站取图。请把图片存下来，或者直接复制图片，再放进来。',
  notAnAddress: '这个地址里没有图片。',
};

const en: typeof zh = {
  tools: 'This photo',
  region: 'Part of it',
  whole: 'The whole',
  where: 'Where it looked',
  several: 'Several things',
  undo: 'Undo',
  redo: 'Redo',
  copy: 'Copy',
  share: 'Share',
  save: 'Save as picture',
  keys: 'Keys',
  copied: 'The answer was copied.',
  notCopied: 'The browser does not allow copying; select the text and copy it.',
  saved: (name) => `Saved as ${name}.`,
  notSaved: 'It could not be saved; please try again.',
  tooSmall: 'That box is too small; drag a larger one.',
  regionHint: 'Drag a box to ask what is there',
  pointKeys:
    'The photo: a click asks about a point, a drag about a part; arrows move a mark, Enter asks about it',
  regionKeys: 'Selection: arrows move it, Shift and arrows size it, Enter asks, Escape leaves it',
  part: 'part',
  partSpoken: 'The part you chose: ',
  fileName: (name) => `shiwu-${name}`,
  signature: 'shiwu 识物',
  otherSite:
    'So that no request ever leaves, this page fetches nothing from other sites. Save the picture, or copy the picture itself, and put it in.',
  notAnAddress: 'There is no picture at that address.',
};

export const words = inLanguage({ zh, en });
