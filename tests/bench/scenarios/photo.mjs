// One photo, file → label: milliseconds, processor time, and where shiwu's time goes; then the same beside a
// neighbour that keeps one core busy.
import { withPage } from '../support/chromium.mjs';
import { host } from '../support/host.mjs';
import { loadIn, repeatIn } from '../support/in-page.mjs';
import { busyNeighbour } from '../support/neighbour.mjs';
import { MOUNTS } from '../support/peers.mjs';
import { megabytes, mounted, photoOf } from '../support/photos.mjs';
import { cpuMs } from '../support/process.mjs';
import { median, medians, percentile } from '../support/stats.mjs';
import { inTurns, reason } from '../support/turns.mjs';

/** V8 runs wasm in its slower baseline tier at first: the opening runs are not counted. */
const WARM_UP = 20;
/** Of the photo that is measured beside a busy neighbour. */
const BUSY_MEGAPIXELS = 4;
const BUSY_COUNT = 20;

const countFor = (megapixels) =>
  [
    [1, 20],
    [8, 10],
    [20, 6],
    [60, 3],
  ].find(([limit]) => megapixels < limit)?.[1] ?? 2;

/** One contender's turn: every size in one page, or a new one after a size that it could not take. */
async function turn(server, contender, photos, failed) {
  const samples = {};
  const open = [...photos, { key: 'busy', megapixels: BUSY_MEGAPIXELS }].filter(
    ({ key }) => !failed[key],
  );
  for (const each of open) each.url ??= photos.find(({ key }) => key === BUSY_MEGAPIXELS)?.url;
  const left = open.filter(({ url }) => url);
  while (left.length > 0) {
    try {
      await withPage(server.url, contender.args, async (page, browser) => {
        await loadIn(page, contender);
        await repeatIn(page, '/photos/warm', WARM_UP);
        while (left.length > 0) {
          const { key, megapixels, url } = left[0];
          const busy = key === 'busy';
          const count = busy ? BUSY_COUNT : countFor(megapixels);
          await repeatIn(page, url, 1);
          const stop = busy ? busyNeighbour() : undefined;
          try {
            const before = await cpuMs(browser);
            const { ms, timings, answer } = await repeatIn(page, url, count);
            const cpu = ((await cpuMs(browser)) - before) / count;
            samples[key] = { ms, timings, answer, cpu };
          } finally {
            stop?.();
          }
          left.shift();
        }
      });
    } catch (error) {
      if (left.length === open.length && Object.keys(samples).length === 0) throw error;
      failed[left.shift().key] = reason(error);
    }
  }
  return samples;
}

function row(contender, key, runs, failed) {
  const { name } = contender;
  const found = runs.map((run) => run[key]).filter(Boolean);
  if (found.length === 0) return { contender: name, size: key, error: failed[key] ?? 'not run' };
  const ms = found.flatMap((each) => each.ms);
  const timings = found.flatMap((each) => each.timings);
  return {
    contender: name,
    size: key,
    samples: ms.length,
    median: median(ms),
    p95: percentile(ms, 0.95),
    cpu: median(found.map((each) => each.cpu)),
    answer: found[0].answer,
    ...(timings.length > 0 && { timings: medians(timings) }),
  };
}

/** @type {import('../bench.mjs').Scenario} */
export const photo = {
  title: 'One photo',
  async run({ contenders, rounds, sizes }) {
    const photos = [];
    for (const megapixels of sizes) {
      photos.push({ key: megapixels, megapixels, path: await photoOf(megapixels) });
    }
    const { urls, mounts } = mounted(photos.map(({ path }) => path));
    photos.forEach((each, i) => {
      each.url = urls[i];
    });
    const warm = { '/photos/warm': await photoOf(0.2) };
    const server = await host({ ...MOUNTS, ...mounts, ...warm }, false, { isolated: true });
    const failures = new Map(contenders.map((contender) => [contender, {}]));
    try {
      const results = await inTurns(contenders, rounds, (contender) =>
        turn(server, contender, photos, failures.get(contender)),
      );
      const rows = results.flatMap(({ contender, runs, error }) => {
        const failed = failures.get(contender);
        if (error) return sizes.map((size) => ({ contender: contender.name, size, error }));
        return [...sizes, ...(sizes.includes(BUSY_MEGAPIXELS) ? ['busy'] : [])].map((key) =>
          row(contender, key, runs, failed),
        );
      });
      const files = photos.map(({ megapixels, path }) => ({
        size: megapixels,
        MB: megabytes(path),
      }));
      return { photos: files, busyMegapixels: BUSY_MEGAPIXELS, rows };
    } finally {
      server.close();
    }
  },
};
