/**
 * Every fault that faults.spec.ts provokes, and what must come of it: SECURITY.md has the same table. Outcomes are
 * what a call gave, one after the other: what the photo shows (cat, cup, star), or the code of a ShiwuError.
 */
export interface Fault {
  readonly fault: string;
  /** How the test brings it about. */
  readonly how: string;
  readonly outcome: string;
  /** Milliseconds in which all of it must be over. */
  readonly bound: number;
}

export const FAULTS = {
  workerThrows: {
    fault: 'worker killed: an error that nothing catches',
    how: 'thrown in the worker while it names a photo',
    outcome: 'worker-crashed → cat',
    bound: 10_000,
  },
  workerCloses: {
    fault: 'worker killed, without a word',
    how: '`close()` in the worker while three photos wait; ours, then ONNX Runtime’s',
    outcome: 'worker-crashed, cat, cat → cat; worker-crashed, cat, cat → cat',
    bound: 30_000,
  },
  workerInAlbum: {
    fault: 'worker killed in the middle of the page’s album',
    how: '`close()` in one of the workers that name 40 photos',
    outcome: '1 worker-crashed at most, the others named',
    bound: 40_000,
  },
  trap: {
    fault: 'wasm trap in the core',
    how: 'each entry of the module’s table replaced by `unreachable`',
    outcome: 'worker-crashed → cat, in a fresh worker',
    bound: 10_000,
  },
  ortTrap: {
    fault: 'wasm trap in ONNX Runtime',
    how: 'the same in its module',
    outcome: 'worker-crashed → cat, in a fresh worker',
    bound: 20_000,
  },
  outOfMemory: {
    fault: 'no memory left in wasm',
    how: 'a PNG of 25000 × 25000 pixels, and no limit to them',
    outcome: 'out-of-memory → cat, in a fresh worker',
    bound: 30_000,
  },
  sessionRun: {
    fault: 'ONNX Runtime’s session fails in a run',
    how: 'a network that reaches behind its table for a white picture',
    outcome: 'black, inference-failed → black',
    bound: 15_000,
  },
  sessionCreate: {
    fault: 'ONNX Runtime’s session cannot be made',
    how: 'half of a model’s file',
    outcome: 'invalid-model → cat',
    bound: 15_000,
  },
  dropped: {
    fault: 'network dropped once, at each part of a file',
    how: 'the server hangs up after 0, 1, a quarter, half and all but one of the bytes of core and model',
    outcome: 'cat, each time',
    bound: 60_000,
  },
  droppedAlways: {
    fault: 'network dropped each time',
    how: 'the same at half of the model, and no rest to be had',
    outcome: 'truncated-download → cat',
    bound: 25_000,
  },
  droppedScript: {
    fault: 'network dropped in a worker’s script',
    how: 'the server hangs up after 0, 1, half and all but one of its bytes',
    outcome: 'worker-crashed → cat, each time',
    bound: 40_000,
  },
  silent: {
    fault: 'network falls silent: model, worker’s script, picture by its address',
    how: 'the server sends half and nothing more; the page’s timers run 20 times as fast',
    outcome: 'network → cat, each time',
    bound: 40_000,
  },
  silentImage: {
    fault: 'network falls silent: an `<img>` that is to be named',
    how: 'the same',
    outcome: 'unreadable-input → cat',
    bound: 15_000,
  },
  silentRoom: {
    fault: 'network falls silent: a room of the page',
    how: 'its code is never answered, until the visitor has asked again; the page’s timers run 20 times as fast',
    outcome: 'said; asked again, the album opens',
    bound: 20_000,
  },
  pictureDropped: {
    fault: 'network dropped in a picture that is named by its address',
    how: 'the server hangs up in the middle',
    outcome: 'network → cat',
    bound: 10_000,
  },
  offline: {
    fault: 'no network at all',
    how: 'the browser is taken offline before the first visit’s files, then after them',
    outcome: 'network → cat → cat, offline',
    bound: 25_000,
  },
  quota: {
    fault: 'quota exceeded',
    how: 'the origin may store 50 kB',
    outcome: 'cat → cat; nothing kept',
    bound: 15_000,
  },
  quotaInAlbum: {
    fault: 'quota exceeded in the page’s album',
    how: 'the origin may store nothing more',
    outcome: 'cat named, and said not to be kept',
    bound: 30_000,
  },
  quotaForOwn: {
    fault: 'quota exceeded as a visitor’s own model is put in',
    how: 'the same',
    outcome: 'star, and the model said not to be kept; after a reload the page’s own',
    bound: 30_000,
  },
  quotaForLessons: {
    fault: 'quota exceeded as the page is taught',
    how: 'the same',
    outcome: 'known at once, and said not to be kept; after a reload unknown',
    bound: 30_000,
  },
  poisoned: {
    fault: 'cache poisoned',
    how: 'kept files exchanged with each other, made shorter, changed in a byte, replaced by a web page',
    outcome: 'cat, each time',
    bound: 40_000,
  },
  poisonedPage: {
    fault: 'cache poisoned: the page’s own files, kept for flight mode',
    how: 'all of them exchanged with each other, made shorter, changed in a byte',
    outcome: 'cat, each time → cat, offline',
    bound: 60_000,
  },
  mimeFiles: {
    fault: 'wrong MIME type of wasm and model',
    how: 'both come as text/html',
    outcome: 'cat',
    bound: 10_000,
  },
  mimeScript: {
    fault: 'wrong MIME type of a worker’s script',
    how: 'it comes as text/plain',
    outcome: 'worker-crashed → cat',
    bound: 10_000,
  },
  clockInRun: {
    fault: 'clock changed in a run',
    how: 'Date of page and workers ten years ahead, then ten back, while photos are named',
    outcome: 'cat, cat, cat; no time below 0',
    bound: 15_000,
  },
  clockBetween: {
    fault: 'clock changed between visits',
    how: 'the same, each before another visit',
    outcome: 'cat, cat, cat',
    bound: 20_000,
  },
  frozen: {
    fault: 'tab frozen and resumed',
    how: 'Page.setWebLifecycleState, in the middle of a photo and of loading',
    outcome: 'nothing while frozen, then cat; cat',
    bound: 25_000,
  },
  gpuLost: {
    fault: 'WebGPU device lost',
    how: 'the device that runs the model is destroyed (WebGPU on SwiftShader)',
    outcome: 'star by webgpu, an error, star by wasm',
    bound: 120_000,
  },
  cameraRefused: {
    fault: 'permission refused: camera',
    how: 'the browser refuses the page its camera',
    outcome: 'said; allowed, the camera opens and sees a cat',
    bound: 30_000,
  },
  storageRefused: {
    fault: 'permission refused: storage',
    how: 'a sandboxed frame, whose caches, databases and locks the browser refuses',
    outcome: 'cat',
    bound: 15_000,
  },
  twoTabs: {
    fault: 'two tabs at once',
    how: 'both load and name, on a first visit',
    outcome: 'cat and cat; each file fetched once',
    bound: 20_000,
  },
  update: {
    fault: 'service worker updated in the middle of a run',
    how: 'a newer one is taken while the album names 60 photos',
    outcome: 'all 60 named cat',
    bound: 60_000,
  },
  fileChanged: {
    fault: 'a file whose read fails half-way',
    how: 'its second half is a file on the disk that has changed since it was chosen',
    outcome: 'unreadable-input → cat',
    bound: 10_000,
  },
} as const satisfies Record<string, Fault>;
