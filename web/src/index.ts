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
export { createClassifier } from './classifier.js';
export type { ErrorCode } from './errors.js';
export { CORE_ERROR_CODES, HOST_ERROR_CODES, ShiwuError } from './errors.js';
export type {
  Category,
  CategoryScore,
  Classification,
  Classifier,
  ClassifierInfo,
  ClassifierOptions,
  ClassifyOptions,
  ImageInput,
  LoadProgress,
  Prediction,
  Timings,
} from './types.js';
