import { inLanguage } from '../copy/index.js';

/** Words for what can be done with the photo on the table. */

const zh = {
  tools: '这张照片',
  region: '框一块',
  whole: '看整张',
  where: '看了哪里',
  several: '找出几样',
  undo: '撤销',
  redo: '重做',
  copy: '复制',
  share: '分享',
  save: '存成卡片',
  keys: '快捷键',
  copied: '答案已复制。',
  notCopied: '浏览器不让复制，请选中文字再复制。',
  saved: (name: string) => `已存为 ${name}。`,
  notSaved: '没能存下来，请再试一次。',
  tooSmall: '框得太小了，拖大一点再问。',
  drawHint: '拖一个框，问问这里是什么',
  regionHint: '拖角调大小，点框里开始认',
  ask: '问这一块',
  leave: '取消',
  pointKeys: '照片：点一下问这一点，拖一个框问这一块；键盘用方向键移动准星，回车提问',
  regionKeys: '选择框：方向键移动，按住 Shift 改大小，Tab 到四角，回车开始认，Esc 取消',
  corners: { nw: '左上角', ne: '右上角', se: '右下角', sw: '左下角' },
  boxIs: (left: number, top: number, width: number, height: number) =>
    `框：左 ${left}%，上 ${top}%，宽 ${width}%，高 ${height}%`,
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
  region: 'Ask about a part',
  whole: 'The whole photo',
  where: 'Where it looked',
  several: 'Find several things',
  undo: 'Undo',
  redo: 'Redo',
  copy: 'Copy',
  share: 'Share',
  save: 'Save as a card',
  keys: 'Shortcuts',
  copied: 'The answer was copied.',
  notCopied: 'The browser does not allow copying; select the text and copy it.',
  saved: (name) => `Saved as ${name}.`,
  notSaved: 'It could not be saved; please try again.',
  tooSmall: 'That box is too small; drag a larger one.',
  drawHint: 'Drag a box to ask what is there',
  regionHint: 'Resize it by its corners, then press inside',
  ask: 'Ask about this',
  leave: 'Cancel',
  pointKeys:
    'The photo: a click asks about a point, a drag about a part; arrows move a mark, Enter asks about it',
  regionKeys:
    'Selection: arrows move it, Shift and arrows size it, Tab goes to its corners, Enter asks, Escape leaves it',
  corners: {
    nw: 'Top left corner',
    ne: 'Top right corner',
    se: 'Bottom right corner',
    sw: 'Bottom left corner',
  },
  boxIs: (left, top, width, height) =>
    `Box: left ${left}%, top ${top}%, width ${width}%, height ${height}%`,
  part: 'part',
  partSpoken: 'The part you chose: ',
  fileName: (name) => `shiwu-${name}`,
  signature: 'shiwu 识物',
  otherSite:
    'So that no request ever leaves, this page fetches nothing from other sites. Save the picture, or copy the picture itself, and put it in.',
  notAnAddress: 'There is no picture at that address.',
};

export const words = inLanguage({ zh, en });
