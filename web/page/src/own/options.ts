import type { ClassifierOptions, ManifestInit } from 'shiwu';
import { readLabels } from 'shiwu/labels';
import type { Answers, OwnModel } from './own-model.js';

/** What the library must be told of a model. */
export function optionsOf({
  file,
  data = [],
  sha256,
  answers,
}: OwnModel): Pick<ClassifierOptions, 'model' | 'externalData' | 'labels' | 'manifest'> {
  const files = { model: file, externalData: data };
  const stem = file.name.replace(/\.onnx$/i, '');
  // What it is taught goes by this name into files: another model must not take them.
  const id = [stem, sha256?.slice(0, 8)].filter(Boolean).join('-') || 'own-model';
  if (!answers) return files;
  return {
    ...files,
    // Left empty where the library knows names: no and yes.
    ...(answers.labels.trim() && { labels: readLabels(answers.labels).labels }),
    manifest: { ...manifestOf(answers, stem), id },
  };
}

/** Value of a pixel = (x · scale − mean) / std, x in 0..255. */
const NORMALIZATION = {
  usual: {},
  unit: { scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] },
  symmetric: { scale: 1 / 127.5, mean: [1, 1, 1], std: [1, 1, 1] },
  raw: { scale: 1, mean: [0, 0, 0], std: [1, 1, 1] },
} as const satisfies Record<Answers['pixels'], ManifestInit['input']>;

function manifestOf({ pixels, color, fit, task, size }: Answers, name: string): ManifestInit {
  return {
    name: { zh: name, en: name },
    task,
    input: { color, ...NORMALIZATION[pixels], ...(size !== null && { size: [size, size] }) },
    resize: { mode: fit },
  };
}
