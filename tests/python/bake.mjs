// Teaches a model by the library itself, bakes what it learnt and prints the scores of all classes, as JSON:
//
//     node tests/python/bake.mjs MODEL ENGINE BAKED PHOTO…
//
// The first photo is taught by one name; the second by another, with the first as a counterexample.
import { readFile, writeFile } from 'node:fs/promises';
import { argv } from 'node:process';
import { createClassifier } from '../../dist/node.js';

const [model, engine, baked, ...photos] = argv.slice(2);
const files = await Promise.all(photos.map((path) => readFile(path)));

async function scoresOf(classifier) {
  const all = [];
  for (const file of files) {
    const options = { topK: 5000, threshold: 0, precision: 'exact' };
    const { predictions, answer } = await classifier.classify(file, options);
    const scores = new Array(predictions.length);
    for (const { index, score } of predictions) scores[index] = score;
    const [{ id }] = predictions;
    all.push({ scores, first: id, answer: answer.id, path: answer.path.map((each) => each.id) });
  }
  return all;
}

const teacher = await createClassifier({ model: await readFile(model), engine });
await teacher.teach('我家的猫', files[0], { precision: 'exact' });
await teacher.teach('浓缩咖啡', files[1], { precision: 'exact' });
await teacher.teach('浓缩咖啡', files[0], { precision: 'exact', not: true });
const taught = await scoresOf(teacher);
await writeFile(baked, new Uint8Array(await (await teacher.bake()).arrayBuffer()));
await teacher.dispose();

const again = await createClassifier({ model: await readFile(baked), engine });
const { id, name, classes, maps } = again.info.model;
const { maps: looked } = await again.classify(files[0], { maps: true });
console.log(
  JSON.stringify({
    taught,
    baked: await scoresOf(again),
    model: { id, name, classes, maps, mapped: looked?.ids.at(-1) ?? null },
  }),
);
await again.dispose();
