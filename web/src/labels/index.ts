/**
 * Label files: the names of a model's classes as people keep them, in any encoding that mainland programs
 * write, for the option `labels`.
 *
 * ```js
 * import { createClassifier } from 'shiwu';
 * import { readLabels } from 'shiwu/labels';
 * const { labels } = readLabels(await (await fetch('labels.csv')).arrayBuffer());
 * const classifier = await createClassifier({ model: 'flowers.onnx', labels });
 * ```
 *
 * @packageDocumentation
 */
import { type Labels, labelsOfText } from './label-file.js';
import { decodeText, type Encoding } from './text.js';

export { ShiwuError } from '../errors.js';
export type { LabelInit } from '../types.js';
export type { LabelNote, LabelProblem, Labels } from './label-file.js';
export { LabelFileError } from './label-file.js';
export type { Decoded, Encoding } from './text.js';
export { decodeText } from './text.js';

/** The names that a file has, and what it was saved in. */
export interface LabelFile extends Labels {
  /** Of bytes, as they were read; a text that was given is UTF-8. */
  readonly encoding: Encoding;
}

/**
 * Reads one name a line, a table (csv, tsv, with headings in either language or none), or the JSON of
 * torchvision, Keras, Hugging Face and Ultralytics. Rows with numbers are put in the order of the numbers,
 * and a name that comes twice is numbered; the notes say so. Throws `LabelFileError`.
 */
export function readLabels(file: string | ArrayBuffer | Uint8Array): LabelFile {
  const { text, encoding }: { text: string; encoding: Encoding } =
    typeof file === 'string'
      ? { text: file, encoding: 'UTF-8' }
      : decodeText(file instanceof Uint8Array ? file : new Uint8Array(file));
  return { ...labelsOfText(text), encoding };
}
