import type { Network } from './types.js';

/**
 * Every way a call can fail. The first group is raised by the C++ core and is
 * kept equal to `ErrorCode` in wasm/include/shiwu/result.h by a test.
 */
export const CORE_ERROR_CODES = [
  'empty-input',
  'unsupported-format',
  'corrupt-image',
  'truncated-image',
  'image-too-large',
  'out-of-memory',
  'invalid-argument',
  'non-finite-scores',
  'invalid-labels',
  'invalid-model',
  'unsupported-model',
  'invalid-taught',
] as const;

/** Failures that only the TypeScript side can meet. */
export const HOST_ERROR_CODES = [
  'unsupported-input',
  'unreadable-input',
  'needs-decoder',
  'network',
  'not-found',
  'truncated-download',
  'tampered-download',
  'unpacked-model',
  'model-mismatch',
  'not-teachable',
  'not-bakeable',
  'missing-weights',
  'inference-failed',
  'aborted',
  'disposed',
  'worker-crashed',
  'unsupported-environment',
  'blocked-by-policy',
] as const;

/** What went wrong, for programs. */
export type ErrorCode = (typeof CORE_ERROR_CODES)[number] | (typeof HOST_ERROR_CODES)[number];

/** One sentence per language that says what happened and what to do. */
const SENTENCES: Record<ErrorCode, { zh: string; en: string }> = {
  'empty-input': {
    zh: '这个文件是空的，请换一张照片。',
    en: 'The file is empty; choose another photo.',
  },
  'unsupported-format': {
    zh: '这不像是一张图片，请换成 JPEG、PNG、WebP、GIF 或 BMP。',
    en: 'This is not an image format that can be read here; use JPEG, PNG, WebP, GIF or BMP.',
  },
  'corrupt-image': {
    zh: '图片已损坏，读不出来，请重新导出或换一张。',
    en: 'The image is damaged and cannot be decoded; export it again or choose another.',
  },
  'truncated-image': {
    zh: '图片不完整，可能没有下载完，请重新下载后再试。',
    en: 'The image ends too early, as after a broken download; fetch it again.',
  },
  'image-too-large': {
    zh: '图片尺寸太大，请先缩小再试。',
    en: 'The image has too many pixels; make it smaller first.',
  },
  'out-of-memory': {
    zh: '内存不够用了，请关掉一些标签页，或换一张小一点的图片。',
    en: 'There is not enough memory; close some tabs or use a smaller image.',
  },
  'invalid-argument': {
    zh: '调用参数不对，请对照文档检查。',
    en: 'An argument is out of range; check it against the documentation.',
  },
  'non-finite-scores': {
    zh: '模型给出了无效的数值，请换一个模型文件。',
    en: 'The model returned NaN or infinite values; use another model file.',
  },
  'invalid-labels': {
    zh: '标签表有误，请检查它的编码和内容。',
    en: 'The label table is not valid; check its encoding and contents.',
  },
  'invalid-model': {
    zh: '这不是可用的 ONNX 分类模型，请检查文件。',
    en: 'This is not a usable ONNX classification model; check the file.',
  },
  'unsupported-model': {
    zh: '识物自己的引擎还不认识这个模型里的某些部分，请改用 ONNX Runtime（engine: "ort"）。',
    en: 'shiwu\'s own engine does not know a part of this model; run it by ONNX Runtime (engine: "ort").',
  },
  'invalid-taught': {
    zh: '这个文件不是识物导出的学习记录，或者已经损坏，请重新导出。',
    en: 'This file is not what shiwu exports of things taught, or it is damaged; export it again.',
  },
  'not-teachable': {
    zh: '这个模型学不了新东西，请换用识物自带的模型。',
    en: 'This model cannot be taught anything new; use one of the models that come with shiwu.',
  },
  'not-bakeable': {
    zh: '学到的东西写不进这个模型的文件里，它的结尾比较特别。可以用 exportTaught 另存。',
    en: 'What was taught cannot be built into this model, which ends in an unusual way; keep it by exportTaught.',
  },
  'unsupported-input': {
    zh: '不支持这种输入，请传入图片文件、画布或像素数据。',
    en: 'This kind of input is not supported; pass an image file, a canvas or pixels.',
  },
  'unreadable-input': {
    zh: '读不到这张图片的内容，请确认它仍然存在，并且允许本页读取。',
    en: 'The image cannot be read; make sure that it still exists and that this page may read it.',
  },
  network: {
    zh: '文件下载失败，请检查网络后重试。',
    en: 'A download failed; check the connection and try again.',
  },
  'needs-decoder': {
    zh: '这里还打不开这种格式（如 HEIC），请先转成 JPEG，或按文档装上解码器。',
    en: 'This format, such as HEIC, cannot be read here; convert it to JPEG, or add the decoder that the documentation names.',
  },
  'not-found': {
    zh: '服务器上没有这个文件，请检查地址，或设置 assetBase。',
    en: 'The server does not have this file; check the address, or set assetBase.',
  },
  'truncated-download': {
    zh: '文件没有下载完整，请检查网络后重试。',
    en: 'A file arrived incomplete; check the connection and try again.',
  },
  'tampered-download': {
    zh: '下载的文件与发布的不一致，请重试；若仍不行，请重新部署这些文件。',
    en: 'A downloaded file is not the published one; try again, and if that fails deploy the files anew.',
  },
  'unpacked-model': {
    zh: '这个 .onnx 里没有识物要的说明和标签，请先用 shiwu-models pack 打包，或在调用时传入 labels。',
    en: 'This .onnx lacks the manifest and labels that shiwu reads; pack it first with shiwu-models pack, or pass labels.',
  },
  'model-mismatch': {
    zh: '模型与它的说明不一致，请用配套的文件。',
    en: 'The model does not fit its manifest; use files that belong together.',
  },
  'missing-weights': {
    zh: '这个模型的权重在另一个文件里，请把两个文件一起给出。',
    en: "This model's weights are in another file; give both files together.",
  },
  'inference-failed': {
    zh: '模型运行出错，请重试；若仍不行，请换一个模型。',
    en: 'The model failed to run; try again or use another model.',
  },
  aborted: { zh: '已取消。', en: 'The call was cancelled.' },
  disposed: {
    zh: '分类器已经关闭，请重新创建。',
    en: 'The classifier has been disposed; create a new one.',
  },
  'worker-crashed': {
    zh: '后台线程意外退出，请再试一次。',
    en: 'The background worker stopped unexpectedly; try again.',
  },
  'unsupported-environment': {
    zh: '这里缺少识物要用的功能，请更新浏览器，或换一个浏览器。',
    en: 'Something that shiwu needs is missing here; update the browser, or use another.',
  },
  'blocked-by-policy': {
    zh: '识物要用的功能被安全策略拦住了（网站、浏览器设置、扩展或单位的管理），浏览器本身没有问题。请放行，或换一个浏览器。',
    en: 'A security policy (of the site, the browser, an extension or an organisation) blocks what shiwu needs; allow it, or use another browser.',
  },
};

/**
 * The only error that the library throws. `message` is bilingual; `zh` and `en`
 * hold each language alone; `detail` says what exactly was found.
 */
export class ShiwuError extends Error {
  /** Always `ShiwuError`. */
  override readonly name = 'ShiwuError';
  /** What to do, in Chinese. */
  readonly zh: string;
  /** What to do, in English. */
  readonly en: string;
  /** What the network takes and gives, where a model was read but could not be used as it is. */
  readonly network: Network | undefined;

  constructor(
    /** What went wrong, for programs. */
    readonly code: ErrorCode,
    /** What exactly was found; may be empty. */
    readonly detail: string = '',
    options?: { cause?: unknown; network?: Network | undefined },
  ) {
    const { zh, en } = SENTENCES[code];
    super(detail ? `${zh} ${en} (${detail})` : `${zh} ${en}`, options);
    this.zh = zh;
    this.en = en;
    this.network = options?.network;
  }
}

/**
 * What a public call throws: `error` itself where it is ours, of whatever bundle; else what the platform threw and no
 * part of the library foresaw. Without memory, engines throw a RangeError; compiled code that goes where it must not, a
 * RuntimeError of WebAssembly's.
 */
export function toShiwuError(error: unknown): ShiwuError {
  if (error instanceof ShiwuError) return error;
  if (error instanceof Error && error.name === 'ShiwuError') {
    const { code, detail } = error as Error & { code: ErrorCode; detail: string };
    return new ShiwuError(code, detail, { cause: error });
  }
  return new ShiwuError(codeOf(error) ?? 'inference-failed', String(error), { cause: error });
}

/** Of what an engine throws; undefined where it says nothing of the kind. */
export function codeOf(error: unknown): 'out-of-memory' | 'worker-crashed' | undefined {
  if (error instanceof RangeError) return 'out-of-memory';
  return error instanceof Error && error.name === 'RuntimeError' ? 'worker-crashed' : undefined;
}
