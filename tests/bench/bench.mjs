// npm run bench: shiwu beside other libraries, in turns, each turn in a Chromium of its own.
//   npm run bench -- [--only photo,album,cold,memory,scale,accuracy] [--peers shiwu,ort,…] [--rounds 3]
// All options: npm run bench -- --help. Figures go to build/bench/results.json; --doc puts those that are there
// into docs/benchmarks.md and docs/benchmarks.svg. A scenario that is measured again replaces its last figures.
// The C++ core alone: node tests/bench/cpp.mjs.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { argv } from 'node:process';
import { parseArgs } from 'node:util';
import { at, main, shown, Trouble } from '../../scripts/lib/project.mjs';
import { CONTENDERS, choose } from './peers/contenders.mjs';
import { writeDoc } from './report/doc.mjs';
import { tables } from './report/tables.mjs';
import { accuracy } from './scenarios/accuracy.mjs';
import { album } from './scenarios/album.mjs';
import { cold } from './scenarios/cold.mjs';
import { memory } from './scenarios/memory.mjs';
import { photo } from './scenarios/photo.mjs';
import { scale } from './scenarios/scale.mjs';
import { browserVersion } from './support/chromium.mjs';
import { LINES } from './support/line.mjs';
import { machine } from './support/machine.mjs';
import { prepare, versions } from './support/peers.mjs';

/**
 * @typedef {object} Settings
 * @property {import('./peers/contenders.mjs').Contender[]} contenders
 * @property {number} rounds
 * @property {number[]} sizes of single photos, in megapixels
 * @property {string[]} lines names of LINES
 * @property {string} [albumFolder]
 * @property {number} albumSize
 * @property {number[]} albumSizes of the scenario scale
 */
/**
 * @typedef {object} Scenario
 * @property {string} title
 * @property {(settings: Settings) => Promise<{ rows: object[] }>} run
 */

/** @type {Record<string, Scenario>} */
const SCENARIOS = { photo, album, cold, memory, scale, accuracy };

const HELP = `npm run bench -- [options]

  --only LIST         of ${Object.keys(SCENARIOS).join(', ')}; default: all
  --peers LIST        libraries or contenders; default: all
                      libraries: ${[...new Set(CONTENDERS.map(({ library }) => library))].join(', ')}
                      contenders: ${CONTENDERS.map(({ name }) => name).join(', ')}
  --rounds N          turns of each contender; default 3
  --sizes LIST        megapixels of single photos; default 0.2,4,12,50,108
  --lines LIST        of ${Object.keys(LINES).join(', ')}; default: all
  --album FOLDER      photos for albums; default: drawn
  --album-size N      default 300
  --album-sizes LIST  of the scenario scale; default 10,100,1000
  --tfjs-model FILE   model.json of a TensorFlow.js graph model instead of the bundled network
  --mediapipe-model FILE  a .tflite instead of the bundled network
  --json FILE         where figures are kept; default build/bench/results.json
  --doc               write docs/benchmarks.md and .svg from the figures; measures only when --only says what
`;

const OPTIONS = {
  only: { type: 'string' },
  peers: { type: 'string' },
  rounds: { type: 'string', default: '3' },
  sizes: { type: 'string', default: '0.2,4,12,50,108' },
  lines: { type: 'string', default: Object.keys(LINES).join(',') },
  album: { type: 'string' },
  'album-size': { type: 'string', default: '300' },
  'album-sizes': { type: 'string', default: '10,100,1000' },
  'tfjs-model': { type: 'string' },
  'mediapipe-model': { type: 'string' },
  json: { type: 'string', default: at('build/bench/results.json') },
  doc: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

const list = (text) => text?.split(',').filter(Boolean);

function numbers(text, name) {
  const values = list(text).map(Number);
  if (values.length > 0 && values.every((value) => value > 0)) return values;
  throw new Trouble(`--${name}: ${text} is not a list of numbers above 0`);
}

function known(names, all, name) {
  const unknown = names.filter((each) => !(each in all));
  if (unknown.length === 0) return names;
  throw new Trouble(`--${name}: ${unknown.join(', ')} is none of ${Object.keys(all).join(', ')}`);
}

/** The command as it was given, without what folders and files are called on this machine. */
function command() {
  const words = argv.slice(2).flatMap((word, i, all) => {
    if (word === '--json' || all[i - 1] === '--json') return [];
    if (all[i - 1] === '--album') return ['FOLDER'];
    return /^--.*-model$/.test(all[i - 1]) ? ['FILE'] : [word];
  });
  return words.length > 0 ? `npm run bench -- ${words.join(' ')}` : 'npm run bench';
}

function readResults(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { scenarios: {} };
}

await main(async () => {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) return console.info(HELP);
  const file = resolve(values.json);
  const results = readResults(file);
  const asked = list(values.only) ?? (values.doc ? [] : Object.keys(SCENARIOS));
  const names = known(asked, SCENARIOS, 'only');
  if (names.length > 0) {
    if (!existsSync(at('dist/index.js'))) throw new Trouble('Build first: npm run build');
    const contenders = choose(list(values.peers));
    const libraries = new Set(contenders.map(({ library }) => library));
    await prepare(libraries, {
      tfjsModel: values['tfjs-model'],
      mediapipeModel: values['mediapipe-model'],
    });
    const [rounds] = numbers(values.rounds, 'rounds');
    const settings = {
      contenders,
      rounds,
      sizes: numbers(values.sizes, 'sizes'),
      lines: known(list(values.lines), LINES, 'lines'),
      albumFolder: values.album,
      albumSize: numbers(values['album-size'], 'album-size')[0],
      albumSizes: numbers(values['album-sizes'], 'album-sizes'),
    };
    const where = machine(await browserVersion());
    for (const name of names) {
      console.info(SCENARIOS[name].title);
      const measured = await SCENARIOS[name].run(settings);
      results.scenarios[name] = {
        date: new Date().toISOString().slice(0, 10),
        command: command(),
        rounds,
        machine: where,
        versions: versions(libraries),
        ...measured,
      };
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${JSON.stringify(results, null, 1)}\n`);
      for (const table of tables(name, results.scenarios[name])) console.info(`\n${table}\n`);
    }
    console.info(`figures: ${shown(file)}`);
  }
  if (values.doc) writeDoc(results);
});
