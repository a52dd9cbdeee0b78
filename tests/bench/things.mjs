// node tests/bench/things.mjs PHOTOS PAIRS
//
// How well several things are found: on pairs of photos side by side (PAIRS, by paste_pairs.py), how often
// each side is named as its photo is labelled and as its photo alone is named; and on single photos (PHOTOS,
// whose names begin with their class), how often there is a second thing. Measures; never passes or fails.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { createClassifier } from '../../dist/node.js';

const [photos, pairs] = argv.slice(2);
const classifier = await createClassifier();
const classOf = (name) => name.split('_')[0];
const share = (count, of) => `${count} of ${of} (${((100 * count) / of).toFixed(1)} %)`;

const alone = new Map();
const names = readdirSync(photos).filter((name) => /\.(jpe?g|png)$/i.test(name));
let second = 0;
const examples = [];
let singleMs = 0;
for (const name of names) {
  const start = performance.now();
  const { things } = await classifier.find(join(photos, name), { topK: 1 });
  singleMs += performance.now() - start;
  const { predictions } = await classifier.classify(join(photos, name), { topK: 1 });
  alone.set(name, predictions[0].id);
  if (things.length > 1) {
    second++;
    examples.push(
      `${name}: ${things.map(({ predictions: [p] }) => `${p.label} ${p.score.toFixed(2)}`).join('; ')}`,
    );
  }
}

const list = JSON.parse(readFileSync(join(pairs, 'pairs.json'), 'utf8'));
const found = { labels: 0, oneLabel: 0, alone: 0, two: 0, more: 0 };
let pairMs = 0;
for (const { file, left, right, split } of list) {
  const start = performance.now();
  const { things } = await classifier.find(join(pairs, file), { topK: 1 });
  pairMs += performance.now() - start;
  const sides = [[], []];
  if (things.length > 1) {
    for (const { region, predictions } of things) {
      sides[Number(region.x + region.width / 2 >= split)].push(predictions[0].id);
    }
  }
  const labelled = [left, right].map((name, i) => sides[i].includes(classOf(name)));
  if (labelled.every(Boolean)) found.labels++;
  if (labelled.some(Boolean)) found.oneLabel++;
  if ([left, right].every((name, i) => sides[i].includes(alone.get(name)))) found.alone++;
  if (sides.every((side) => side.length > 0)) found.two++;
  if (things.length > 2) found.more++;
}
await classifier.dispose();
const right = list.filter(({ left, right }) =>
  [left, right].every((name) => alone.get(name) === classOf(name)),
).length;
console.log(`pairs: a thing on both sides ${share(found.two, list.length)}`);
console.log(
  `  both labels ${share(found.labels, list.length)}; of photos alone both are right in ${right}`,
);
console.log(`  both named as alone ${share(found.alone, list.length)}`);
console.log(
  `  one label at least ${share(found.oneLabel, list.length)}; three things or more ${found.more}`,
);
console.log(`  ${(pairMs / list.length).toFixed(0)} ms a pair`);
console.log(
  `single photos: a second thing in ${share(second, names.length)}, ${(singleMs / names.length).toFixed(0)} ms each`,
);
for (const each of examples) console.log(`  ${each}`);
