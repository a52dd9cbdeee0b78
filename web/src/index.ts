/**
 * shiwu 识物: image classification in the browser, answered in Chinese.
 *
 * ```js
 * import { createClassifier } from 'shiwu';
 * const classifier = await createClassifier();
 * const { predictions } = await classifier.classify(file);
 * console.log(predictions[0].label, predictions[0].score);
 * ```
 *
 * @packageDocumentation
 */
import { createClassifierOn } from './classifier.js';
import { browser } from './platform/browser.js';
import type { Classifier, ClassifierOptions } from './types.js';

/**
 * Loads the runtime and a model, and starts a worker with them. Classifiers that ask for the same
 * model share it and its workers.
 *
 * Rejects with a {@link ShiwuError}: `network`, `not-found`, `truncated-download` or
 * `tampered-download` (call again to retry), `invalid-model`, `unpacked-model` (no manifest or labels
 * in it, and none given), `model-mismatch`, `invalid-labels`, `inference-failed`, `worker-crashed`,
 * `unsupported-environment`, `out-of-memory`, `invalid-argument`, `aborted`.
 */
export function createClassifier(options: ClassifierOptions = {}): Promise<Classifier> {
  return createClassifierOn(browser, options);
}

export type { ErrorCode } from './errors.js';
export { CORE_ERROR_CODES, HOST_ERROR_CODES, ShiwuError } from './errors.js';
export type {
  Answer,
  Backend,
  Category,
  Classification,
  Classifier,
  ClassifierInfo,
  ClassifierOptions,
  ClassifyManyOptions,
  ClassifyOptions,
  ClassMaps,
  Description,
  EngineName,
  ExternalData,
  FindOptions,
  Found,
  FoundName,
  Glance,
  GroupOptions,
  HeicDecoder,
  ImageInput,
  LabelInit,
  LoadProgress,
  LookOptions,
  ManifestInit,
  ManyProgress,
  ManyResult,
  MapsData,
  NameMatch,
  NearestOptions,
  Neighbour,
  Network,
  PaintedMap,
  PaintMapOptions,
  Place,
  Point,
  Prediction,
  Region,
  TaughtCategory,
  TeachOptions,
  TensorInfo,
  Thing,
  Timings,
  WatchOptions,
} from './types.js';
