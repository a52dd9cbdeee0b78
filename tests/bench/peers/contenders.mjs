// Who takes part. Each contender is one library in one way of using it; its adapter runs in the page.

/**
 * What every adapter's `load(options)` resolves to.
 * @typedef {object} Adapter
 * @property {(file: File) => Promise<[index: number, score: number, timings?: object]>} classify
 * @property {(files: Iterable<File> | AsyncIterable<File>, concurrency?: number) => AsyncIterable<[number, number]>} [classifyMany]
 *   only where the library has albums of its own
 * @property {() => unknown} dispose
 */

/**
 * @typedef {object} Contender
 * @property {string} name on the command line and in the results
 * @property {string} library selects all of a library's contenders at once
 * @property {string} title in tables
 * @property {'one' | 'default' | 'all'} threads of one inference
 * @property {object} options the adapter's
 * @property {string[]} [args] that Chromium must be started with for it
 * @property {boolean} [main] measured where a library is shown once: its best way of being used
 * @property {boolean} [otherNetwork] its answers are not comparable
 * @property {string} [remark] shown below tables
 */

/** @type {Contender[]} */
export const CONTENDERS = [
  {
    name: 'shiwu-own',
    library: 'shiwu',
    title: 'shiwu',
    threads: 'default',
    options: { engine: 'shiwu' },
    main: true,
    remark:
      'Its own engine has one thread for one photo; albums use a worker for each core. Its scores are calibrated ' +
      '(honest-answers.md); under “Accuracy” they are held to the reference at the same temperature.',
  },
  {
    name: 'shiwu-exact',
    library: 'shiwu',
    title: "shiwu, `precision: 'exact'`",
    threads: 'default',
    options: { engine: 'shiwu', precision: 'exact' },
    remark: 'Every pixel of a JPEG is decoded.',
  },
  {
    name: 'shiwu-ort-1',
    library: 'shiwu',
    title: "shiwu, `engine: 'ort'`, one thread",
    threads: 'one',
    options: { engine: 'ort', threads: 1 },
  },
  {
    name: 'shiwu-ort',
    library: 'shiwu',
    title: "shiwu, `engine: 'ort'`",
    threads: 'default',
    options: { engine: 'ort' },
    main: true,
  },
  {
    name: 'ort-1',
    library: 'ort',
    title: 'ONNX Runtime Web by hand, one thread',
    threads: 'one',
    options: { threads: 1 },
  },
  {
    name: 'ort-default',
    library: 'ort',
    title: 'ONNX Runtime Web by hand',
    threads: 'default',
    options: {},
    main: true,
    remark: 'Its default is half of the cores, at most 4: one thread on two cores.',
  },
  {
    name: 'ort-all',
    library: 'ort',
    title: 'ONNX Runtime Web by hand, all cores',
    threads: 'all',
    options: { threads: 'cores' },
  },
  {
    name: 'ort-image',
    library: 'ort',
    title: 'ONNX Runtime Web by hand, all cores, `<img>`',
    threads: 'all',
    options: { threads: 'cores', decode: 'image' },
    remark: 'The photo is decoded by an element instead of `createImageBitmap`.',
  },
  {
    name: 'transformers-1',
    library: 'transformers',
    title: 'transformers.js, one thread',
    threads: 'one',
    options: { threads: 1 },
  },
  {
    name: 'transformers-default',
    library: 'transformers',
    title: 'transformers.js',
    threads: 'default',
    options: {},
    main: true,
  },
  {
    name: 'tfjs-whole',
    library: 'tfjs',
    title: 'TensorFlow.js, the photo whole',
    threads: 'default',
    options: {},
    remark: '`tf.browser.fromPixels` of the whole photo, then cropped and resized by tensors.',
  },
  {
    name: 'tfjs-1',
    library: 'tfjs',
    title: 'TensorFlow.js, a canvas first, one thread',
    threads: 'one',
    options: { canvas: true, threads: 1 },
  },
  {
    name: 'tfjs-default',
    library: 'tfjs',
    title: 'TensorFlow.js, a canvas first',
    threads: 'default',
    options: { canvas: true },
    main: true,
  },
  {
    name: 'mediapipe',
    library: 'mediapipe',
    title: 'MediaPipe',
    threads: 'default',
    options: {},
    main: true,
  },
  {
    name: 'nsfwjs',
    library: 'nsfwjs',
    title: 'nsfwjs',
    threads: 'default',
    options: {},
    main: true,
    otherNetwork: true,
    remark:
      'Another, smaller task: MobileNetV2 with five classes, the network that its package ships.',
  },
];

/** The names of libraries or of contenders → contenders, in the table's order; all when none is named. */
export function choose(names) {
  if (!names) return CONTENDERS;
  const unknown = names.filter(
    (name) => !CONTENDERS.some((each) => each.name === name || each.library === name),
  );
  if (unknown.length > 0) {
    const known = CONTENDERS.map(({ name }) => name).join(', ');
    throw new Error(`unknown peers: ${unknown.join(', ')}. Known: ${known}`);
  }
  return CONTENDERS.filter(({ name, library }) => names.includes(name) || names.includes(library));
}
