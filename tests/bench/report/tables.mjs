// The figures of each scenario as tables of Markdown, for the document and for the terminal.
import { CONTENDERS } from '../peers/contenders.mjs';
import { figure, table } from './markdown.mjs';

const titleOf = (name) => CONTENDERS.find((each) => each.name === name)?.title ?? name;
const named = ['', ({ title, contender }) => title ?? titleOf(contender)];
/** A column of figures, or that there is none because this contender failed. */
const column = (heading, key, digits = figure) => [
  heading,
  (row) => (row.error ? 'fails' : digits(row[key])),
];
const sizeName = (size) => `${size} MP`;

/** Errors in words, once for each contender and error, below a table. */
function failures(rows) {
  const places = new Map();
  for (const { contender, size, error } of rows.filter((row) => row.error)) {
    const key = JSON.stringify([contender, error]);
    const place = size === 'busy' ? 'busy' : size && sizeName(size);
    places.set(key, [...(places.get(key) ?? []), ...(place ? [place] : [])]);
  }
  return [...places]
    .map(([key, where]) => {
      const [contender, error] = JSON.parse(key);
      const at = where.length > 0 ? ` (${where.join(', ')})` : '';
      return `- ${titleOf(contender)} fails${at}: ${error}`;
    })
    .join('\n');
}

const withFailures = (text, rows) => [text, failures(rows)].filter(Boolean).join('\n\n');

function photo({ rows, photos, busyMegapixels }) {
  const sizes = photos.map(({ size }) => size);
  const contenders = [...new Set(rows.map(({ contender }) => contender))].map((contender) => ({
    contender,
    at: (size) => rows.find((row) => row.contender === contender && row.size === size),
  }));
  const cell = (size, key) => (row) => {
    const found = row.at(size);
    return found?.error ? 'fails' : figure(found?.[key]);
  };
  const columns = (key) => sizes.map((size) => [sizeName(size), cell(size, key)]);
  const busy = contenders.filter((row) => row.at('busy')?.median);
  const timed = rows.filter(({ timings, size }) => timings && size !== 'busy');
  const arrows = ['queue', 'decode', 'resize', 'normalize', 'inference', 'postprocess'];
  return [
    `**Median, ms.** Files: ${photos.map(({ size, MB }) => `${sizeName(size)} ${figure(MB)} MB`).join(', ')}.`,
    withFailures(table(contenders, [named, ...columns('median')]), rows),
    '**95th percentile, ms.**',
    table(contenders, [named, ...columns('p95')]),
    '**Processor time of one photo, ms**, of all threads.',
    table(contenders, [named, ...columns('cpu')]),
    ...(busy.length > 0
      ? [
          `**Beside a busy neighbour, ms**: a photo of ${sizeName(busyMegapixels)} while another process keeps one core busy.`,
          table(busy, [
            named,
            ['median', cell('busy', 'median')],
            ['95th percentile', cell('busy', 'p95')],
            [
              'spread: 95th percentile / median',
              (row) => figure(row.at('busy').p95 / row.at('busy').median),
            ],
          ]),
        ]
      : []),
    ...(timed.length > 0
      ? [
          '**Where shiwu’s time goes, ms** (`timings`, medians).',
          table(timed, [
            named,
            ['photo', ({ size }) => sizeName(size)],
            ...arrows.map((arrow) => [arrow, ({ timings }) => figure(timings[arrow])]),
            ['total', ({ timings }) => figure(timings.total)],
          ]),
        ]
      : []),
  ];
}

function album({ photos, generated, meanMB, rows }) {
  return [
    `${photos} ${generated ? 'drawn photos' : 'photos of a folder'}, ${figure(meanMB)} MB each on average.`,
    withFailures(
      table(rows, [
        named,
        column('photos a second', 'perSecond'),
        column('longest task of the page, ms', 'longestTask', (ms) =>
          ms === 0 ? 'none of 50' : figure(ms),
        ),
        column('memory after it, MB', 'memory'),
        column('same answers', 'same'),
      ]),
      rows,
    ),
  ];
}

function cold({ lines, rows }) {
  const kinds = [
    ...Object.entries(lines).map(([line, { title }]) => [line, true, title]),
    ['localhost', false, 'localhost, from a host that compresses nothing'],
  ];
  const visit = (which, key) => (row) => (row.error ? 'fails' : figure(row[which][key]));
  return kinds.flatMap(([line, compress, title]) => {
    const own = rows.filter((row) => row.line === line && row.compress === compress);
    if (own.length === 0) return [];
    return [
      `**${title}.**`,
      withFailures(
        table(own, [
          named,
          ['first visit, ms', visit('first', 'ms')],
          ['MB', visit('first', 'MB')],
          ['requests', visit('first', 'requests')],
          ['second visit, ms', visit('second', 'ms')],
          ['MB', visit('second', 'MB')],
        ]),
        own,
      ),
    ];
  });
}

function memory({ albumSize, sizes, rows }) {
  const peak = (size) => (row) =>
    row.error || row.failed?.[`peak${size}`] ? 'fails' : figure(row[`peak${size}`]);
  const failed = rows.flatMap((row) =>
    Object.entries(row.failed ?? {}).map(([key, error]) => ({
      contender: row.contender,
      size: Number(key.slice('peak'.length)),
      error,
    })),
  );
  return [
    withFailures(
      table(rows, [
        named,
        column('loaded', 'loaded'),
        column('after one photo', 'onePhoto'),
        column(`after ${albumSize}`, 'album'),
        ...sizes.map((size) => [`peak, ${sizeName(size)}`, peak(size)]),
      ]),
      [...rows, ...failed],
    ),
  ];
}

function scale({ rows }) {
  const figures = [
    column('photos a second', 'perSecond'),
    column('peak, MB', 'peak'),
    column('memory after it, MB', 'memory'),
  ];
  const byWorkers = rows.filter(({ workers }) => workers);
  const bySize = rows.filter(({ workers }) => !workers);
  return [
    withFailures(
      table(byWorkers, [named, ['workers', ({ workers }) => String(workers)], ...figures]),
      byWorkers,
    ),
    withFailures(
      table(bySize, [named, ['photos', ({ photos }) => photos.toLocaleString('en')], ...figures]),
      bySize,
    ),
  ];
}

function accuracy({ photos, generated, known, referenceRight, rows }) {
  const reference = {
    title: 'Pillow and native ONNX Runtime',
    same: photos,
    right: referenceRight,
  };
  return [
    `${photos} ${generated ? 'drawn photos' : 'photos of a folder'}.`,
    withFailures(
      table(
        [reference, ...rows],
        [
          named,
          column('same first answer', 'same'),
          column('mean difference of its score', 'meanDifference'),
          column('largest', 'largestDifference'),
          ...(known > 0 ? [column(`right, of ${known}`, 'right')] : []),
        ],
      ),
      rows,
    ),
  ];
}

const TABLES = { photo, album, cold, memory, scale, accuracy };

/** @returns {string[]} paragraphs and tables */
export const tables = (name, scenario) => TABLES[name](scenario);
