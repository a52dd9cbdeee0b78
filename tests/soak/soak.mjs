// Thousands of classifications in one process: does anything grow, does any answer change?
//
//   npm run soak -- [--count 10000] [--only node|chromium]
//
// Mixed sizes and formats, one in ten broken, some given up half-way, albums, and models in turn, the visitor's own on
// ONNX Runtime among them. Prints the figures by tenths; fails where one has grown, or an answer was another or wrong.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { grown, print } from './table.mjs';

// Collections on demand; and glibc, which keeps much of what was freed for its many arenas, gives it back, so that what
// is measured is what is held.
if (!globalThis.gc) {
  const again = ['--expose-gc', fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const malloc = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '131072' };
  const env = { ...process.env, ...malloc, MALLOC_TRIM_THRESHOLD_: '131072' };
  process.exit(spawnSync(process.execPath, again, { stdio: 'inherit', env }).status ?? 1);
}

const { values } = parseArgs({
  options: { count: { type: 'string', default: '10000' }, only: { type: 'string' } },
});
const count = Number(values.count);
if (!Number.isInteger(count) || count < 100 || count % 10 !== 0) {
  console.error('--count: tens, from 100 on');
  process.exit(2);
}

const places = {
  node: { title: `Node ${process.version}`, load: () => import('./node.mjs') },
  chromium: { title: 'Chromium', load: () => import('./chromium.mjs') },
};
if (values.only && !(values.only in places)) {
  console.error(`--only: ${Object.keys(places).join(' or ')}`);
  process.exit(2);
}

let failed = false;
for (const [name, { title, load }] of Object.entries(places)) {
  if (values.only && values.only !== name) continue;
  const started = performance.now();
  const { soakNode, soakChromium } = await load();
  const onTenth = (tenth) => console.error(`${title}: ${tenth} of 10`);
  const { rows, counts, faults } = await (soakNode ?? soakChromium)(count, onTenth);
  const minutes = ((performance.now() - started) / 60_000).toFixed(1);
  const { named, refused, aborted, switches } = counts;
  print(
    `${title}: ${named} named, ${refused} refused, ${aborted} given up, ${switches} times another model, ${minutes} min`,
    rows,
  );
  const troubles = [...grown(rows), ...faults];
  for (const trouble of troubles) console.log(`✗ ${trouble}`);
  if (troubles.length === 0) console.log('✓ nothing grew, and every answer was as before');
  failed ||= troubles.length > 0;
}
process.exit(failed ? 1 : 0);
