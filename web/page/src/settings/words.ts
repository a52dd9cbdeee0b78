import { inLanguage } from '../copy/index.js';
import type { NoGpu } from '../state/classifier.js';
import { inOneFile } from '../state/edition.js';
import { sizes } from '../state/sizes.js';
import type { Comparison } from './compare.js';

/** A small number without an exponent: 0.0000012. */
const plain = (value: number) =>
  value.toFixed(Math.min(12, Math.max(4, 1 - Math.floor(Math.log10(value || 1)))));

const zh = {
  title: '设置',
  model: '识别模型',
  models: {
    fast: ['快', `${sizes.fast}，几十毫秒认一张`],
    accurate: ['准', `另下载 ${sizes.accurate}，更准一些，慢一倍`],
  },
  inside: ['自带', `${sizes.fast}，几十毫秒认一张`],
  own: '我的',
  ownModel: (file: string, bytes: string) => `${file}，${bytes}`,
  onlyInside: '这是单文件版，自带一个模型，用处理器来算。网页版里还有更准的模型，也能用显卡加速。',
  engine: '引擎',
  engines: {
    auto: ['自动', '认识的模型用识物引擎，其余用 ONNX Runtime'],
    shiwu: ['识物引擎', '自己写的，又小又快'],
    ort: ['ONNX Runtime', `另下载 ${sizes.ort}，什么模型都能跑`],
  },
  engineNames: { shiwu: '识物引擎', ort: 'ONNX Runtime' },
  check: '用 ONNX Runtime 核对',
  checkMore: `同一张照片让两个引擎各认一遍，看看答案是否一样。要另下载 ${sizes.ort}。`,
  checking: '正在核对，要几秒钟',
  checked: ({ apart, sameFive, shiwu, ort }: Comparison) =>
    `${sameFive ? '前五名一样' : '前五名不一样'}，分数最多相差 ${plain(apart)}；识物引擎 ${Math.round(shiwu)} 毫秒，ONNX Runtime ${Math.round(ort)} 毫秒（各用一个线程）。`,
  backend: '运行方式',
  backends: {
    wasm: ['处理器', '哪里都能用'],
    webgpu: ['显卡', `另下载 ${sizes.webgpu}，确认更快、结果一致才启用`],
    auto: ['自动', '先用处理器，显卡更快就换过去'],
  },
  now: (model: string, engine: string, backend: string, threads: number) =>
    `现在：${model}，${engine}，${backend}，${threads} 个线程`,
  noGpu: (why: NoGpu) => {
    const reason =
      why.kind === 'slower'
        ? `显卡要 ${why.gpu} 毫秒，处理器只要 ${why.processor} 毫秒`
        : {
            none: '这个浏览器没有可用的显卡，或不让网页用它',
            differs: '显卡算出的结果和处理器不一样',
            failed: '显卡没能跑起来',
          }[why.kind];
    return `显卡没有用上：${reason}。仍用处理器。`;
  },
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
  kinds: { model: '模型与程序', own: '我的模型', album: '相册', history: '记录', taught: '你教的' },
  count: {
    album: (n: number) => `${n} 张照片`,
    history: (n: number) => `${n} 条`,
    taught: (n: number) => `${n} 样`,
  },
  erase: '清除',
  eraseModelAsk: '清除存下的模型与程序？下次联网时会重新下载。',
  eraseOwnAsk: '清除存下的这个模型？你电脑里的文件不受影响。',
  eraseAlbumAsk: '清空相册？认出的名称和更正会一起移出，原图不受影响。',
  eraseHistoryAsk: '清空记录？',
  ownErased: (file: string) => `已清除 ${file}。`,
  notErased: '浏览器没能存下这次改动，请再试一次。',
  newerStays: '这些是新版识物存的，这一版打不开，没有清除。要清掉，请用「全部清除」。',
  eraseTaughtAsk: '把教过的都忘掉？忘掉后找不回来；想留着，先存成文件。',
  teaching: '教它认新东西',
  teachingMore: '自家的猫、常用的杯子，给几张照片它就认得。教过的也在这里改名、忘掉、存成文件。',
  teachingOpen: '打开',
  eraseAll: '全部清除',
  eraseAllAsk: inOneFile
    ? '把识物存在这个浏览器里的东西全部清除？包括你放进来的模型、相册、记录、教过的和这些设置。清除后找不回来。'
    : '把本站存在这个浏览器里的东西全部清除？包括模型（你放进来的也在内）、相册、记录、教过的和这些设置。清除后找不回来。',
  yes: '清除',
  no: '留着',
  erased: '已清除。',
  notAllErased: '有些没能清除：关掉其他打开着识物的标签页，再试一次。',
  about: '隐私与说明',
  trust: '照片去了哪里',
  card: '模型说明',
};

const en: typeof zh = {
  title: 'Settings',
  model: 'Model',
  models: {
    fast: ['Fast', `${sizes.fast}, tens of milliseconds a photo`],
    accurate: ['Accurate', `${sizes.accurate} more to download; more often right, half as fast`],
  },
  inside: ['Inside', `${sizes.fast}, tens of milliseconds a photo`],
  own: 'Mine',
  ownModel: (file, bytes) => `${file}, ${bytes}`,
  onlyInside:
    'This is shiwu in one file. It carries one model and runs it on the processor; the web page also has the accurate model and can use the graphics card.',
  engine: 'Engine',
  engines: {
    auto: ['Automatic', 'shiwu’s own for models it knows, ONNX Runtime for the rest'],
    shiwu: ['shiwu’s own', 'small and fast'],
    ort: ['ONNX Runtime', `${sizes.ort} more to download; runs any model`],
  },
  engineNames: { shiwu: 'shiwu’s own engine', ort: 'ONNX Runtime' },
  check: 'Check with ONNX Runtime',
  checkMore: `Both engines name the same photo, and you see whether they agree. Downloads ${sizes.ort} more.`,
  checking: 'Checking; a few seconds',
  checked: ({ apart, sameFive, shiwu, ort }) =>
    `${sameFive ? 'The same first five' : 'Not the same first five'}; scores at most ${plain(apart)} apart; shiwu’s own ${Math.round(shiwu)} ms, ONNX Runtime ${Math.round(ort)} ms (one thread each).`,
  backend: 'Run on',
  backends: {
    wasm: ['Processor', 'works everywhere'],
    webgpu: [
      'Graphics card',
      `${sizes.webgpu} more to download; used once it is faster and the answers agree`,
    ],
    auto: ['Automatic', 'processor first, then whatever is faster'],
  },
  now: (model, engine, backend, threads) =>
    `Now: ${model}, ${engine}, ${backend}, ${threads === 1 ? '1 thread' : `${threads} threads`}`,
  noGpu: (why) => {
    const reason =
      why.kind === 'slower'
        ? `it takes ${why.gpu} ms, the processor ${why.processor} ms`
        : {
            none: 'this browser has none to offer, or does not let pages use it',
            differs: 'its answers differ from the processor’s',
            failed: 'it could not be started',
          }[why.kind];
    return `The graphics card is not used: ${reason}. The processor goes on.`;
  },
  changing: 'Changing',
  language: 'Language',
  textSize: 'Text size',
  textSizes: { small: 'Small', normal: 'Normal', large: 'Large', huge: 'Huge' },
  pixels: 'Largest photo to open',
  pixelLimits: {
    50: ['50 million', 'saves memory'],
    200: ['200 million', 'enough for any phone'],
    none: ['No limit', 'opens any size'],
  },
  history: 'History',
  historyText: 'Remember named photos',
  historyMore: 'Only a small picture and the name, in this browser.',
  storage: 'Storage',
  storageTotal: (used, room) => `${used} in all; the browser allows ${room}`,
  kinds: {
    model: 'Model and program',
    own: 'My model',
    album: 'Album',
    history: 'History',
    taught: 'Taught by you',
  },
  count: {
    album: (n) => (n === 1 ? '1 photo' : `${n} photos`),
    history: (n) => (n === 1 ? '1 record' : `${n} records`),
    taught: (n) => (n === 1 ? '1 thing' : `${n} things`),
  },
  erase: 'Erase',
  eraseModelAsk: 'Erase the stored model and program? They are downloaded again when online.',
  eraseOwnAsk: 'Erase the stored copy of this model? Your own file is not touched.',
  eraseAlbumAsk:
    'Clear the album? Its names and corrections go too; the originals are not touched.',
  eraseHistoryAsk: 'Clear the history?',
  ownErased: (file) => `${file} was erased.`,
  notErased: 'The browser could not store this change. Please try again.',
  newerStays:
    'A newer shiwu keeps these and this one cannot open them: nothing was erased. Use “Erase everything” to be rid of them.',
  eraseTaughtAsk:
    'Forget everything you taught it? It cannot be brought back; to keep it, save it as a file first.',
  teaching: 'Teach it new things',
  teachingMore:
    'Your own cat, your favourite mug: a few photos will do. Rename, forget or save what you taught here, too.',
  teachingOpen: 'Open',
  eraseAll: 'Erase everything',
  eraseAllAsk: inOneFile
    ? 'Erase everything shiwu keeps in this browser: your own model, the album, the history, what you taught it and these settings? It cannot be brought back.'
    : 'Erase everything this site keeps in this browser: the models, the album, the history, what you taught it and these settings? It cannot be brought back.',
  yes: 'Erase',
  no: 'Keep',
  erased: 'Erased.',
  notAllErased: 'Some of it could not be erased: close other tabs of this site, then try again.',
  about: 'Privacy & about',
  trust: 'Where photos go',
  card: 'About the model',
};

export const words = inLanguage({ zh, en });
