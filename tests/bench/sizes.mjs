// node tests/bench/sizes.mjs PHOTOS [COUNT]
//
// How far the score of one photo's first answer spreads over 0.2, 4 and 12 megapixels of it, by shiwu and by Pillow
// with native ONNX Runtime, whose own spread is in the files. Measures; never passes or fails.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv } from 'node:process';
import { createClassifier } from '../../dist/node.js';
import { at } from '../../scripts/lib/project.mjs';
import { python } from './support/python.mjs';
import { mean, median, percentile } from './support/stats.mjs';

const [photos, count = '60'] = argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'shiwu-sizes-'));
try {
  await python(at('tests/bench/sized.py'), photos, folder, count);
  const files = readdirSync(folder).sort();
  const photoOf = (file) => file.split('-')[0];
  const sizeOf = (file) => Number(file.split('-')[1].replace('.jpg', ''));

  /** scoreOf: file → score of what the largest file's first answer is, or undefined where the two differ. */
  const told = (title, scoreOf) => {
    const spread = (sizes) =>
      [...new Set(files.map(photoOf))].flatMap((photo) => {
        const scores = files
          .filter((file) => photoOf(file) === photo && sizes.includes(sizeOf(file)))
          .map(scoreOf);
        return scores.includes(undefined) ? [] : [Math.max(...scores) - Math.min(...scores)];
      });
    for (const sizes of [
      [0.2, 4, 12],
      [4, 12],
    ]) {
      const all = spread(sizes);
      const figures = [mean(all), median(all), percentile(all, 0.95), Math.max(...all)];
      const [average, middle, high, most] = figures.map((value) => value.toFixed(4));
      console.info(
        `${title}, ${sizes.join('/')} MP, ${all.length} photos: mean ${average}, median ${middle}, 95th percentile ${high}, largest ${most}`,
      );
    }
  };

  const classifier = await createClassifier();
  for (const precision of ['fast', 'exact']) {
    const answers = new Map();
    for (const file of files) {
      const { predictions } = await classifier.classify(join(folder, file), {
        precision,
        topK: 1000,
      });
      answers.set(file, predictions);
    }
    told(`shiwu, ${precision}`, (file) => {
      const [first] = answers.get(`${photoOf(file)}-12.jpg`);
      return answers.get(file).find(({ index }) => index === first.index)?.score;
    });
  }
  await classifier.dispose();

  const output = await python(
    at('tests/bench/peers/reference.py'),
    at('models/bundles/lite0/lite0.onnx'),
    ...files.map((file) => join(folder, file)),
  );
  const reference = JSON.parse(output).answers;
  told('Pillow and ONNX Runtime', (file) => {
    const [first] = reference[files.indexOf(`${photoOf(file)}-12.jpg`)];
    const [index, , calibrated] = reference[files.indexOf(file)];
    return index === first ? calibrated : undefined;
  });
} finally {
  rmSync(folder, { recursive: true });
}
