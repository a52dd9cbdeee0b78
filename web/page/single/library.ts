/** The library in shiwu.html: as published, once its files are unpacked. */
import type { Classifier, ClassifierOptions } from 'shiwu';
import { createClassifier as create } from 'shiwu-as-published';
import { unpackParts } from './parts.js';

export async function createClassifier(options?: ClassifierOptions): Promise<Classifier> {
  await unpackParts();
  return create(options);
}
