import { inLanguage } from '../copy/index.js';
import { inOneFile } from '../state/edition.js';
import type { Comparison } from './compare.js';

/** A small number without an exponent: 0.0000012. */
const plain = (value: number) =>
  value.toFixed(Math.min(12, Math.max(4, 1 - Math.floor(Math.log10(value || 1)))));

const zh = {
  title: '设置',
  model: '识别模型',
  models: {
    fast: ['快', '3 MB，几十毫秒认一张'],
    accurate: ['准', '另下载 3.9 MB，更准一些，慢一倍'],
  },
  inside: ['自带', '3 MB，几十毫秒认一张'],
  own: '我的',
  ownModel: (file: string, bytes: string) => `${file}，${bytes}`,
  onlyInside: '这是单文件版，自带一个模型，用处理器来算。网页版里还有更准的模型，也能用显卡加速。',
  engine: '引擎',
  engines: {
    auto: ['自动', '认识的模型用识物引擎，其余用 ONNX Runtime'],
    shiwu: ['识物引擎', '自己写的，又小又快'],
    ort: ['ONNX Runtime', '另下载 3.7 MB，什么模型都能跑'],
  },
  engineNames: { shiwu: '识物引擎', ort: 'ONNX Runtime' },
  check: '用 ONNX Runtime 核对',
  checkMore: '同一张照片让两个引擎各认一遍，看看答案是否一样。要另下载 3.7 MB。',
  checking: '正在核对，要几秒钟',
  checked: ({ apart, sameFive, shiwu, ort }: Comparison) =>
    `${sameFive ? '前五名一样' : '前五名不一样'}，分数最多相差 ${plain(apart)}；识物引擎 ${Math.round(shiwu)} 毫秒，ONNX Runtime ${Math.round(ort)} 毫秒（各用一个线程）。`,
  backend: '用什么来算',
  backends: {
    wasm: ['处理器', '哪里都能用'],
    webgpu: ['显卡', '另下载 6.6 MB，验过又快又对才用'],
    auto: ['自动', '先用处理器，显卡更快就换过去'],
  },
  now: (model: string, engine: string, backend: string, threads: number) =>
    `现在：${model}，${engine}，${backend}，${threads} 个线程`,
  changing: '正在换',
  language: '语言',
  textSize: '字号',
  textSizes: { small: '小', normal: '标准', large: '大', huge: '特大' },
  pixels: '照片的像素上限',
  pixelLimits: {
    50: ['5000 万', '省内存'],
    200: ['2 亿', '手机拍的都够'],
    none: ['不限', '多大都打开'],
  },
  history: '记录',
  historyText: '记下认过的照片',
  historyMore: '只记小图和名称，存在这个浏览器里。',
  storage: '占用的空间',
  storageTotal: (used: string, room: string) => `一共 ${used}，浏览器最多给 ${room}`,
  kinds: { model: '模型与程序', own: '我的模型', album: '相册', history: '记录' },
  count: { album: (n: number) => `${n} 张照片`, history: (n: number) => `${n} 条` },
  erase: '清除',
  eraseModelAsk: '清除存下的模型与程序？下次联网时会重新下载。',
  eraseOwnAsk: '清除存下的这个模型？你电脑里的文件不受影响。',
  eraseAlbumAsk: '清空相册？认出的名称和更正会一起删掉，原图不受影响。',
  eraseHistoryAsk: '清空记录？清空后找不回来。',
  eraseAll: '全部清除',
  eraseAllAsk: inOneFile
    ? '把识物存在这个浏览器里的东西全部清除？包括你放进来的模型、相册、记录和这些设置。'
    : '把本站存在这个浏览器里的东西全部清除？包括模型（你放进来的也在内）、相册、记录和这些设置。',
  yes: '清除',
  no: '留着',
  erased: '已清除。',
  about: '放心与明白',
  trust: '照片去了哪里',
  card: '模型说明',
};

const en: typeof zh = {
  title: 'Settings',
  model: 'Model',
  models: {
    fast: ['Fast', '3 MB, tens of milliseconds a photo'],
    accurate: ['Accurate', '3.9 MB more to download; more often right, half as fast'],
  },
  inside: ['Inside', '3 MB, tens of milliseconds a photo'],
  own: 'Mine',
  ownModel: (file, bytes) => `${file}, ${bytes}`,
  onlyInside:
    'This is shiwu in one file. It carries one model and runs it on the processor; the web page also has the accurate model and can use the graphics card.',
  engine: 'Engine',
  engines: {
    auto: ['Automatic', "shiwu's own for models it knows, ONNX Runtime for the rest"],
    shiwu: ["shiwu's own", 'small and fast'],
    ort: ['ONNX Runtime', '3.7 MB more to download; runs any model'],
  },
  engineNames: { shiwu: "shiwu's own engine", ort: 'ONNX Runtime' },
  check: 'Check with ONNX Runtime',
  checkMore:
    'Both engines name the same photo, and you see whether they agree. Downloads 3.7 MB more.',
  checking: 'Checking; a few seconds',
  checked: ({ apart, sameFive, shiwu, ort }) =>
    `${sameFive ? 'The same first five' : 'Not the same first five'}; scores at most ${plain(apart)} apart; shiwu’s own ${Math.round(shiwu)} ms, ONNX Runtime ${Math.round(ort)} ms (one thread each).`,
  backend: 'Computed by',
  backends: {
    wasm: ['Processor', 'works everywhere'],
    webgpu: ['Graphics card', '6.6 MB more; used once proven right and faster'],
    auto: ['Automatic', 'processor first, then whatever is faster'],
  },
  now: (model, engine, backend, threads) =>
    `Now: ${model}, ${engine}, ${backend}, ${threads} thread(s)`,
  changing: 'Changing',
  language: 'Language',
  textSize: 'Text size',
  textSizes: { small: 'Small', normal: 'Usual', large: 'Large', huge: 'Huge' },
  pixels: 'Most pixels of a photo',
  pixelLimits: {
    50: ['50 million', 'saves memory'],
    200: ['200 million', 'enough for any phone'],
    none: ['No limit', 'opens whatever its size'],
  },
  history: 'History',
  historyText: 'Remember named photos',
  historyMore: 'Only a small picture and the name, in this browser.',
  storage: 'Space taken',
  storageTotal: (used, room) => `${used} in all; the browser allows ${room}`,
  kinds: { model: 'Model and program', own: 'My model', album: 'Album', history: 'History' },
  count: { album: (n) => `${n} photos`, history: (n) => `${n} records` },
  erase: 'Erase',
  eraseModelAsk: 'Erase the stored model and program? They are downloaded again when online.',
  eraseOwnAsk: 'Erase the stored copy of this model? Your own file is not touched.',
  eraseAlbumAsk:
    'Clear the album? Its names and corrections go too; the originals are not touched.',
  eraseHistoryAsk: 'Clear the history? It cannot be brought back.',
  eraseAll: 'Erase everything',
  eraseAllAsk: inOneFile
    ? 'Erase everything shiwu keeps in this browser: your own model, the album, the history and these settings?'
    : 'Erase everything this site keeps in this browser: the models, the album, the history and these settings?',
  yes: 'Erase',
  no: 'Keep',
  erased: 'Erased.',
  about: 'Good to know',
  trust: 'Where photos go',
  card: 'About the model',
};

export const words = inLanguage({ zh, en });
