// Puts figures into docs/benchmarks.md, between the two marks; what stands around them is written by hand.
import { readFileSync, writeFileSync } from 'node:fs';
import { at, Trouble } from '../../../scripts/lib/project.mjs';
import { CONTENDERS } from '../peers/contenders.mjs';
import { chart } from './chart.mjs';
import { tables } from './tables.mjs';

const DOC = at('docs/benchmarks.md');
const CHART = at('docs/benchmarks.svg');
const BEGIN = '<!-- figures: written by npm run bench -- --doc -->';
const END = '<!-- end of figures -->';

const TITLES = {
  photo: 'One photo',
  album: 'An album',
  cold: 'Cold start',
  memory: 'Memory',
  scale: 'Scale',
  accuracy: 'Accuracy',
};

function provenance({ date, command, rounds, machine, versions }) {
  const peers = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const { processor, cores, memoryGB, system, chromium, commit } = machine;
  return [
    `\`${command}\`: ${rounds} ${rounds === 1 ? 'round' : 'rounds'}, ${date}, commit ${commit ?? 'unknown'}.`,
    `${processor}, ${cores} cores, ${memoryGB} GB, ${system}, Chromium ${chromium}; ${peers.join(', ')}.`,
  ].join(' ');
}

function remarks() {
  return CONTENDERS.filter(({ remark }) => remark)
    .map(({ title, remark }) => `- *${title}:* ${remark}`)
    .join('\n');
}

/** @param {{ scenarios: Record<string, object> }} results */
export function writeDoc({ scenarios }) {
  const names = Object.keys(TITLES).filter((name) => scenarios[name]);
  if (names.length === 0) throw new Trouble('There are no figures yet: npm run bench');
  const text = readFileSync(DOC, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Trouble(`docs/benchmarks.md lacks its mark: ${BEGIN}`);
  const parts = [
    BEGIN,
    '![Bars for shiwu and the other libraries; the tables below have the figures.](benchmarks.svg)',
    ...names.flatMap((name) => [
      `### ${TITLES[name]}`,
      ...tables(name, scenarios[name]),
      `<sub>${provenance(scenarios[name])}</sub>`,
    ]),
    '### Remarks on the rows',
    remarks(),
    '',
  ];
  writeFileSync(DOC, text.slice(0, begin) + parts.join('\n\n') + text.slice(end));
  writeFileSync(CHART, chart(scenarios));
}
