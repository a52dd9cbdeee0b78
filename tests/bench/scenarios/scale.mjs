// How shiwu's albums scale: with workers, and with the number of photos.
import { cpus } from 'node:os';
import { withPage } from '../support/chromium.mjs';
import { host } from '../support/host.mjs';
import { inPage, loadIn } from '../support/in-page.mjs';
import { MOUNTS } from '../support/peers.mjs';
import { albumOf, mounted } from '../support/photos.mjs';
import { peakMB, pssMB, rssMB } from '../support/process.mjs';
import { medians } from '../support/stats.mjs';
import { inTurns } from '../support/turns.mjs';

const REST_MS = 4000;
const WARM_UP = 40;
/** Photos by which workers are compared. */
const PHOTOS = 100;
/** Twice as many workers as cores show that more of them gain nothing. */
const MOST_WORKERS = Math.min(2 * cpus().length, 16);

/** @type {import('../bench.mjs').Scenario} */
export const scale = {
  title: 'Scale',
  async run({ contenders, rounds, albumFolder, albumSizes }) {
    const paths = await albumOf(Math.max(PHOTOS, ...albumSizes), albumFolder);
    const { urls, mounts } = mounted(paths);
    const server = await host({ ...MOUNTS, ...mounts }, false, { isolated: true });
    const workers = Array.from({ length: MOST_WORKERS }, (_, i) => i + 1);
    const trials = [
      ...workers.map((count) => ({ workers: count, photos: PHOTOS })),
      ...albumSizes.map((photos) => ({ photos })),
    ];
    const entries = contenders
      .filter(({ library, main }) => library === 'shiwu' && main)
      .flatMap((contender) =>
        trials.map((trial) => ({
          ...contender,
          trial,
          name: `${contender.name}, ${trial.workers ?? 'default'} workers, ${trial.photos} photos`,
          contender: contender.name,
        })),
      );
    try {
      const results = await inTurns(entries, rounds, ({ trial, ...contender }) =>
        withPage(server.url, contender.args, async (page, browser) => {
          const rest = async () => {
            await page.requestGC();
            await page.waitForTimeout(REST_MS);
          };
          await rest();
          const blank = await pssMB(browser);
          const blankResident = await rssMB(browser);
          const how = { concurrency: trial.workers };
          await loadIn(page, contender);
          await inPage(page, 'album', urls.slice(0, WARM_UP), how);
          let measured;
          const peak = await peakMB(browser, async () => {
            measured = await inPage(page, 'album', urls.slice(0, trial.photos), how);
          });
          await rest();
          return {
            perSecond: measured.perSecond,
            peak: peak - blankResident,
            memory: (await pssMB(browser)) - blank,
          };
        }),
      );
      const rows = results.map(({ contender, runs, error }) => ({
        contender: contender.contender,
        ...contender.trial,
        ...(error ? { error } : medians(runs)),
      }));
      return { cores: cpus().length, rows };
    } finally {
      server.close();
    }
  },
};
