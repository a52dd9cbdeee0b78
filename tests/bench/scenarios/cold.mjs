// From an empty page to the first label, on a first visit and, in a browser started anew, on a second:
// milliseconds and bytes, on lines of three kinds. The pages are not isolated from other origins, as most are not.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { at } from '../../../scripts/lib/project.mjs';
import { withProfile } from '../support/chromium.mjs';
import { host } from '../support/host.mjs';
import { inPage } from '../support/in-page.mjs';
import { LINES } from '../support/line.mjs';
import { MOUNTS } from '../support/peers.mjs';
import { median } from '../support/stats.mjs';
import { inTurns } from '../support/turns.mjs';

const PHOTO = { '/photos/first': at('web/page/public/samples/cat.jpg') };
/** So slow a line leaves nothing to chance. */
const ONCE = new Set(['3g']);

async function visit(profile, server, { library, options, args }) {
  return withProfile(profile, server.url, args, async (page) => {
    server.take();
    const started = performance.now();
    const index = await inPage(page, 'first', library, options, '/photos/first');
    const ms = performance.now() - started;
    return { ms, index, ...server.take() };
  });
}

async function twoVisits(server, contender) {
  const profile = mkdtempSync(join(tmpdir(), 'shiwu-bench-'));
  try {
    const first = await visit(profile, server, contender);
    const second = await visit(profile, server, contender);
    return { first, second };
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
  }
}

const summary = (visits) => ({
  ms: median(visits.map(({ ms }) => ms)),
  MB: median(visits.map(({ bytes }) => bytes)) / 1e6,
  requests: median(visits.map(({ requests }) => requests)),
});

/** @type {import('../bench.mjs').Scenario} */
export const cold = {
  title: 'Cold start',
  async run({ contenders, rounds, lines }) {
    const main = contenders.filter((contender) => contender.main);
    const rows = [];
    const hosts = [
      ...lines.map((line) => ({ line, compress: true })),
      ...(lines.includes('localhost') ? [{ line: 'localhost', compress: false }] : []),
    ];
    // The host compresses what it has not sent before; nobody's first visit should wait for that.
    const rehearsal = await host({ ...MOUNTS, ...PHOTO }, true);
    try {
      console.info('  rehearsal');
      await inTurns(main, 1, (contender) => twoVisits(rehearsal, contender));
    } finally {
      rehearsal.close();
    }
    for (const { line, compress } of hosts) {
      console.info(`  ${LINES[line].title}${compress ? '' : ', nothing compressed'}`);
      const server = await host({ ...MOUNTS, ...PHOTO }, compress, { line: LINES[line] });
      try {
        const times = ONCE.has(line) ? 1 : rounds;
        const results = await inTurns(main, times, (each) => twoVisits(server, each));
        for (const { contender, runs, error } of results) {
          const { name } = contender;
          rows.push(
            error
              ? { contender: name, line, compress, error }
              : {
                  contender: name,
                  line,
                  compress,
                  first: summary(runs.map(({ first }) => first)),
                  second: summary(runs.map(({ second }) => second)),
                  answer: runs[0].first.index,
                },
          );
        }
      } finally {
        server.close();
      }
    }
    return { lines: Object.fromEntries(lines.map((line) => [line, LINES[line]])), rows };
  },
};
