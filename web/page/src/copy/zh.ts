/** Every word of the page in Chinese. `en.ts` says the same things in the same shape. */
export const zh = {
  lang: 'zh-CN',
  title: '识物：这是什么？',
  switchLanguage: '语言',

  question: { lead: '这是', name: '什么？' },
  intro: '放一张照片进来，它会用中文告诉你那是什么。一千种动物、器物、食物与风景，它都认得。',
  knows: [
    ['动物', '猫、犬、鸟、鱼、蛇、昆虫'],
    ['食物', '水果、蔬菜、菜肴、饮品'],
    ['器物', '乐器、家具、衣帽、厨具'],
    ['交通', '汽车、火车、船、飞机'],
    ['风景', '山、湖、海岸、楼台'],
  ],
  trust: '照片不会离开这台设备',
  trustMore: '识别就在浏览器里完成，没有服务器，没有上传。',

  drop: '把照片拖到这里',
  dropOr: '也可以直接粘贴',
  dropTouch: '拍一张，或从相册里选',
  pick: '选一张照片',
  another: '换一张',
  veil: '放在这里',
  veilMore: '松开手，就开始认',
  pickLabel: '选一张照片来认',

  figure: (n: number) => `图 ${n}`,
  number: (n: number) => `第 ${n} 号`,
  pixels: (width: number, height: number) => `${width} × ${height}`,
  photoAlt: (name: string) => `待认的照片：${name}`,
  noPreview: '这个文件显示不出来',
  pasted: '粘贴的图片',

  label: '标签',
  blank: '待题',
  working: '正在看',
  tone: {
    sure: '这是',
    likely: '很可能是',
    kind: '应该是一种',
    group: '应该属于',
    vague: '看不太准，大概是一种',
    vagueGroup: '看不太准，大概属于',
    lost: '看不太准，最像',
  },
  aliases: (names: string) => `又名 ${names}`,
  closest: (names: string) => `最像 ${names}`,
  closestOne: (name: string, percent: string) => `${name} ${percent}`,
  listComma: '、',
  candidates: '最像的五种',

  preparing: '正在准备识别模型',
  preparingOnce: '只需下载一次，之后会快得多。',
  starting: '正在启动识别引擎',
  megabytes: (loaded: string, total: string) => `${loaded} / ${total} MB`,
  megabytesOnly: (loaded: string) => `${loaded} MB`,
  ready: '识别模型已就绪',
  notReady: '识别模型没有准备好',

  timeTaken: (prepare: string, inference: string) =>
    `预处理 ${prepare} 毫秒 · 推理 ${inference} 毫秒`,
  milliseconds: (n: string) => `${n} 毫秒`,
  arrows: {
    queue: '等待',
    decode: '解码',
    resize: '缩放',
    normalize: '归一化',
    inference: '推理',
    postprocess: '取名',
    total: '合计',
  },
  modelField: '模型',

  failed: '没认出来',
  retry: '重试',
  unknownFailure: '出了点意外，请再试一次。',
  downloadFailure: '下载没有成功，请检查网络后重试。',
  noPhoto: '没有找到照片。请放一个图片文件进来。',
  onlyFirst: (n: number) => `一次认一张：${n} 个文件里取了第一张图片。`,

  samples: '手边没有照片？试试这几张',
  samplesAgain: '再试试这几张',
  sample: (what: string) => `示例照片：${what}`,
  sampleNames: {
    cat: '一张猫脸',
    coffee: '桌上的一杯咖啡',
    palace: '湖边的楼阁',
    cameraman: '草地上的摄影者',
  },
  credits: '示例照片来自 scikit-image（CC0）；楼阁一张由 danielbuechele 拍摄（CC BY 2.0）。',

  announceWorking: (name: string) => `正在认：${name}`,
  announceOthers: (names: string) => `其余候选：${names}。`,
  sentenceEnd: '。',
};

export type Copy = typeof zh;
