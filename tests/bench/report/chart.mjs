// The chart: for each of a few questions, a bar a library. Drawn as text, so that it needs nothing.
import { CONTENDERS } from '../peers/contenders.mjs';
import { figure } from './markdown.mjs';

const WIDTH = 880;
const GAP = 32;
const PANEL = (WIDTH - 3 * GAP) / 2;
const NAME = 152;
const VALUE = 62;
const BAR = 15;
const STEP = 23;
const HEAD = 46;
const INK = '#1f2328';
const SOFT = '#59636e';
const OURS = '#1a7f5a';
const OTHERS = '#a8b3bf';

const SHORT = {
  'shiwu-own': 'shiwu',
  'shiwu-ort': "shiwu, engine 'ort'",
  'ort-default': 'ONNX Runtime Web',
  'ort-all': 'ONNX Runtime Web',
  'transformers-default': 'transformers.js',
  'tfjs-default': 'TensorFlow.js',
  mediapipe: 'MediaPipe',
  nsfwjs: 'nsfwjs (other model)',
};

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const isOurs = (name) => CONTENDERS.find((each) => each.name === name)?.library === 'shiwu';

/** The best of each library's contenders, by that figure. */
function bestOfEach(bars, better) {
  const best = new Map();
  for (const bar of bars) {
    // Both of shiwu's engines are shown.
    const key = isOurs(bar.name) ? (SHORT[bar.name] ?? '') : libraryOf(bar.name);
    if (!key || bar.value === undefined) continue;
    const other = best.get(key);
    if (!other || better(bar.value, other.value)) best.set(key, bar);
  }
  return [...best.values()].sort((a, b) => (better(a.value, b.value) ? -1 : 1));
}

const libraryOf = (name) => CONTENDERS.find((each) => each.name === name)?.library;
const titleOf = (name) =>
  SHORT[name] ?? SHORT[`${libraryOf(name)}-default`] ?? SHORT[libraryOf(name)] ?? name;

const less = (a, b) => a < b;
const more = (a, b) => a > b;

/** @returns {{ title: string, note: string, bars: { name: string, value: number }[] }[]} */
function panels({ photo, album, cold, memory }) {
  const found = [];
  const add = (title, note, rows, value, better) => {
    const bars = rows
      .filter(({ error }) => !error)
      .map((row) => ({ name: row.contender, value: value(row) }));
    found.push({ title, note, bars: bestOfEach(bars, better) });
  };
  if (photo) {
    const sizes = photo.photos.map(({ size }) => size);
    const size = [12, 4, ...sizes].find((each) => sizes.includes(each));
    const rows = photo.rows.filter((row) => row.size === size);
    add(
      `One photo of ${size} megapixels`,
      'ms, median; less is better',
      rows,
      (r) => r.median,
      less,
    );
    add('Processor time for it', 'ms, all threads; less is better', rows, (r) => r.cpu, less);
  }
  if (album) {
    const rows = album.rows.filter(({ many }) => many);
    const cores = album.machine.cores;
    const title = `An album of ${album.photos}, ${cores} cores`;
    add(title, 'photos a second; more is better', rows, (row) => row.perSecond, more);
  }
  if (memory) {
    add('Memory after an album', 'MB over a blank page', memory.rows, (row) => row.album, less);
  }
  if (cold) {
    const lines = Object.keys(cold.lines);
    const line = ['4g', ...lines].find((each) => lines.includes(each));
    const rows = cold.rows.filter((row) => row.line === line && row.compress);
    const title = `First visit to first label, ${cold.lines[line].title.split(':')[0]}`;
    add(title, 'seconds; less is better', rows, (row) => row.first.ms / 1000, less);
    add('Fetched for it', 'MB; less is better', rows, (row) => row.first.MB, less);
  }
  return found.filter(({ bars }) => bars.length > 0);
}

const heightOf = ({ bars }) => HEAD + bars.length * STEP;

function draw({ title, note, bars }, x, y) {
  const most = Math.max(...bars.map(({ value }) => value));
  const room = PANEL - NAME - VALUE;
  const parts = [
    `<text x="${x}" y="${y + 14}" fill="${INK}" font-size="14" font-weight="600">${escaped(title)}</text>`,
    `<text x="${x}" y="${y + 31}" fill="${SOFT}" font-size="11.5">${escaped(note)}</text>`,
  ];
  for (const [i, { name, value }] of bars.entries()) {
    const top = y + HEAD + i * STEP;
    const length = Math.max(1, (value / most) * room);
    const ours = isOurs(name);
    const weight = ours ? ' font-weight="600"' : '';
    parts.push(
      `<text x="${x + NAME - 8}" y="${top + 12}" text-anchor="end" fill="${INK}"${weight}>${escaped(titleOf(name))}</text>`,
      `<rect x="${x + NAME}" y="${top}" width="${length.toFixed(1)}" height="${BAR}" rx="2" fill="${ours ? OURS : OTHERS}"/>`,
      `<text x="${(x + NAME + length + 6).toFixed(1)}" y="${top + 12}" fill="${INK}"${weight}>${figure(value)}</text>`,
    );
  }
  return parts.join('\n');
}

/** @param {Record<string, object>} scenarios the results' */
export function chart(scenarios) {
  const all = panels(scenarios);
  const parts = [];
  let y = GAP - 8;
  for (let i = 0; i < all.length; i += 2) {
    const pair = all.slice(i, i + 2);
    for (const [j, panel] of pair.entries()) parts.push(draw(panel, GAP + j * (PANEL + GAP), y));
    y += Math.max(...pair.map(heightOf)) + GAP - 8;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}" font-family="system-ui, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif" font-size="12" role="img" aria-label="shiwu beside other libraries; the figures are in the tables">`,
    // A ground of its own: the page that shows it may be dark.
    `<rect width="${WIDTH}" height="${y}" rx="6" fill="#ffffff"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}
