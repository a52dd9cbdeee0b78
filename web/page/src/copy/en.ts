import type { Copy } from './zh.js';

/** Every word of the page in English. */
export const en: Copy = {
  lang: 'en',
  title: 'shiwu 识物: what is this?',
  switchLanguage: 'Language',

  question: { lead: 'This is', name: 'what?' },
  intro:
    'Put in a photo and it says what that is, in Chinese and English. It knows a thousand animals, things, foods and landscapes.',
  knows: [
    ['Animals', 'cats, dogs, birds, fish, snakes, insects'],
    ['Food', 'fruit, vegetables, dishes, drinks'],
    ['Things', 'instruments, furniture, clothes, kitchenware'],
    ['Travel', 'cars, trains, ships, aircraft'],
    ['Scenes', 'mountains, lakes, coasts, buildings'],
  ],
  trust: 'Photos never leave this device',
  trustMore: 'Everything runs in your browser: no server, no upload.',

  drop: 'Drop a photo here',
  dropOr: 'or paste one',
  dropTouch: 'Take one, or choose from your album',
  pick: 'Choose a photo',
  another: 'Another photo',
  veil: 'Put it here',
  veilMore: 'Let go to have it named',
  pickLabel: 'Choose a photo to name',

  figure: (n) => `Fig. ${n}`,
  number: (n) => `No. ${n}`,
  pixels: (width, height) => `${width} × ${height}`,
  photoAlt: (name) => `The photo to name: ${name}`,
  noPreview: 'This file cannot be shown',
  pasted: 'pasted picture',

  label: 'Label',
  blank: 'to be written',
  working: 'Looking',
  tone: {
    sure: 'This is',
    likely: 'Most likely',
    kind: 'In the group',
    group: 'In the group',
    vague: 'Not sure; perhaps in the group',
    vagueGroup: 'Not sure; perhaps in the group',
    lost: 'Not sure; it looks most like',
  },
  aliases: (names) => `Also ${names}`,
  closest: (names) => `Closest: ${names}`,
  closestOne: (name, percent) => `${name} ${percent}`,
  listComma: ', ',
  candidates: 'The five closest',

  preparing: 'Getting the model ready',
  preparingOnce: 'It is downloaded once; later visits are much quicker.',
  starting: 'Starting the engine',
  megabytes: (loaded, total) => `${loaded} / ${total} MB`,
  megabytesOnly: (loaded) => `${loaded} MB`,
  ready: 'The model is ready',
  notReady: 'The model is not ready',

  timeTaken: (prepare, inference) => `Preparing ${prepare} ms · inference ${inference} ms`,
  milliseconds: (n) => `${n} ms`,
  arrows: {
    queue: 'Waiting',
    decode: 'Decoding',
    resize: 'Resizing',
    normalize: 'Normalising',
    inference: 'Inference',
    postprocess: 'Naming',
    total: 'Total',
  },
  modelField: 'Model',

  failed: 'Not named',
  retry: 'Try again',
  unknownFailure: 'Something unexpected happened; please try again.',
  downloadFailure: 'A download did not succeed; check the connection and try again.',
  noPhoto: 'No photo found. Put in an image file.',
  onlyFirst: (n) => `One at a time: the first picture of ${n} files was taken.`,

  samples: 'No photo at hand? Try one of these',
  samplesAgain: 'Try one of these',
  sample: (what) => `Sample photo: ${what}`,
  sampleNames: {
    cat: "a cat's face",
    coffee: 'a cup of coffee on a table',
    palace: 'a pavilion above a lake',
    cameraman: 'a photographer on a lawn',
  },
  credits:
    'Sample photos from scikit-image (CC0); the pavilion was photographed by danielbuechele (CC BY 2.0).',

  announceWorking: (name) => `Naming ${name}`,
  announceOthers: (names) => `Other candidates: ${names}.`,
  sentenceEnd: '.',
};
