import { percent } from '../answer/format.js';
import { SURE } from '../answer/tone.js';
import { inLanguage } from '../copy/index.js';
import { inOneFile } from '../state/edition.js';
import { sizes } from '../state/sizes.js';

const zh = {
  close: '关闭',
  trust: {
    title: '照片去了哪里',
    lead: '哪儿也没去。照片由这台设备自己看，看完就忘；除非你放进相册、打开记录或教它认，否则什么也不留下。',
    policyTitle: '浏览器替你把关',
    policy: inOneFile
      ? '这个页面带着一条浏览器必须遵守的规定（Content-Security-Policy）：不许和任何网站通信。下面是现在生效的原文，connect-src 那一项管的就是能和谁通信：blob: 和 data: 都在这个文件里面。'
      : '这个页面带着一条浏览器必须遵守的规定（Content-Security-Policy）：只许和本站通信。下面是现在生效的原文，connect-src 那一项管的就是能和谁通信。',
    noPolicy: '这个页面没有带规定，请从正式的地址打开。',
    logTitle: '到现在为止的请求',
    log: (own: number, bytes: string) =>
      inOneFile ? '一次也没有。' : `本站 ${own} 次，收到 ${bytes}；别处 0 次。`,
    foreign: (n: number) => `别处 ${n} 次，这不应该发生，请告诉我们。`,
    logMore: inOneFile
      ? '程序和模型都在这个文件里。'
      : '都是下载本站的程序和模型，没有一次带着照片。',
    tryTitle: '自己试试',
    try: '打开飞行模式，再认一张照片：照样认得出来。',
  },
  keys: {
    title: '快捷键',
    list: [
      ['O', '选一张照片'],
      ['Ctrl V', '粘贴图片，或本站图片的地址'],
      ['R', '框一块来问：方向键移动，Shift 加方向键改大小，回车开始认'],
      ['Ctrl Z', '撤销；Ctrl Shift Z 重做'],
      ['C', '复制答案'],
      ['S', '存成带说明的图片'],
      ['空格', '在相机里定格'],
      ['?', '这张表'],
    ] as [string, string][],
  },
  card: {
    title: '模型说明',
    rows: (name: string, version: string, license: string, classes: number, bytes: string) =>
      [
        ['名称', name],
        ['版本', version],
        ['许可', license],
        ['类别', `${classes} 类`],
        ['大小', bytes],
      ] as [string, string][],
    source: '来源',
    file: '文件',
    input: '输入',
    output: '输出',
    answered: '类别的名称和像素的用法，文件里没有写，是你告诉它的。',
    answerAgain: '改一改',
    accuracyTitle: '有多准',
    accuracy:
      '在 300 张每类一张的照片上，「快」第一个名称说对 265 张，前五个里有的 292 张；「准」是 279 张和 297 张。这些照片比学术考题容易，拿来比较两个模型合适，别当作它在你照片上的成绩。',
    sure: `同样这些照片，「快」说出具体名称时，100 次里对 98 次；只说到大类时，对 93 次。把握 ${percent(SURE)} 以上才说「这是」，只说到大类时说「应该是」；不到 40% 就说「看不出来」。`,
    madeTitle: '怎么来的',
    made: `网络是 EfficientNet-Lite，用 ImageNet 的一千类照片训练；我们把它压到 ${sizes.fast}，并核对过与原来的 PyTorch 模型答案一致。中文名称由人写成，又独立校对过一遍。`,
    weakTitle: '它不擅长的',
    weak: [
      '只认得这一千类。没学过的东西，它也会挑一个最像的说。',
      '不认人：人不在类别里，它会说衣服或旁边的东西。',
      '一张照片里有好几样时，往往只说最显眼的一样；可以框选一块再问。',
      '狗的品种很细（一百多种），相近的常会认混；植物和菜肴却很粗。',
      '照片多来自欧美的网站，别处的日常用品和菜肴认得差些。',
      '漫画、素描、截图和很暗的照片容易认错。',
      '蘑菇、植物能不能吃，药是什么药：别拿它的答案作决定。',
    ],
    ownNote: '现在用的是你放进来的模型，下面几项出自它自己的说明，准确度由你来判断。',
  },
};

const en: typeof zh = {
  close: 'Close',
  trust: {
    title: 'Where photos go',
    lead: 'Nowhere. Your own device looks at the photo and then forgets it; nothing is kept unless you use the album, turn on the history or teach it something.',
    policyTitle: 'The browser stands guard',
    policy: inOneFile
      ? 'This page carries a rule that the browser must keep (Content-Security-Policy): talk to no site at all. This is the rule in force; connect-src says whom the page may talk to: blob: and data: lie inside this file.'
      : 'This page carries a rule that the browser must keep (Content-Security-Policy): talk to this site only. This is the rule in force; connect-src says whom the page may talk to.',
    noPolicy: 'This page carries no rule; open it from its proper address.',
    logTitle: 'Requests so far',
    log: (own, bytes) =>
      inOneFile ? 'None.' : `This site: ${own}, ${bytes} received. Anywhere else: 0.`,
    foreign: (n) => `Anywhere else: ${n}. This should not happen; please tell us.`,
    logMore: inOneFile
      ? 'Program and model are inside this file.'
      : 'All of them fetched this site’s program and model. None carried a photo.',
    tryTitle: 'See for yourself',
    try: 'Turn on airplane mode and have another photo named: it still works.',
  },
  keys: {
    title: 'Keys',
    list: [
      ['O', 'Choose a photo'],
      ['Ctrl V', 'Paste a picture, or the address of one on this site'],
      ['R', 'Ask about a part: arrows move the box, Shift and arrows size it, Enter asks'],
      ['Ctrl Z', 'Undo; Ctrl Shift Z redoes'],
      ['C', 'Copy the answer'],
      ['S', 'Save it as a picture with a caption'],
      ['Space', 'Freeze the camera'],
      ['?', 'This list'],
    ],
  },
  card: {
    title: 'About the model',
    rows: (name, version, license, classes, bytes) => [
      ['Name', name],
      ['Version', version],
      ['Licence', license],
      ['Classes', String(classes)],
      ['Size', bytes],
    ],
    source: 'Source',
    file: 'File',
    input: 'Input',
    output: 'Output',
    answered: 'Its file does not name the classes or say how it wants its pixels: you did.',
    answerAgain: 'Change that',
    accuracyTitle: 'How good it is',
    accuracy:
      'On 300 photos, one a class, the fast model’s first name was right for 265, and one of its first five for 292; the accurate one’s for 279 and 297. They are easier than the usual test set: good for comparing the two, not a promise for your photos.',
    sure: `On the same photos the fast one was right 98 times in 100 where it named a class, and 93 times where it named a category. It says “This is” from ${percent(SURE)} on, and below 40% that it can’t tell.`,
    madeTitle: 'How it was made',
    made: `The network is EfficientNet-Lite, trained on the thousand classes of ImageNet; we packed it into ${sizes.fast} and checked that it answers as the PyTorch model does. The Chinese names were written by hand and read a second time, independently.`,
    weakTitle: 'What it is not good at',
    weak: [
      'It knows these thousand classes only. Of anything else it names what is most like it.',
      'It does not recognise people: they are no class, so it names clothes or what is beside them.',
      'Of several things in one photo it mostly names the most striking; draw a box to ask about another.',
      'Its dog breeds are fine (over a hundred), and similar ones are often mixed up; plants and dishes are coarse.',
      'Its photos came mostly from western sites; everyday things and dishes of other places it knows less well.',
      'Cartoons, sketches, screenshots and dark photos are easily misjudged.',
      'Whether a mushroom or plant can be eaten, or what a pill is: never decide by its answer.',
    ],
    ownNote:
      'Your own model is at work. What follows comes from its own description; how good it is, you will know best.',
  },
};

export const words = inLanguage({ zh, en });
