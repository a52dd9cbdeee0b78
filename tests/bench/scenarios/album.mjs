// An album: photos per second on all cores, the longest task of the page's own thread meanwhile, and the
// memory that stays. Libraries without albums of their own are called in a loop.
import { withPage } from '../support/chromium.mjs';
import { host } from '../support/host.mjs';
import { inPage, loadIn } from '../support/in-page.mjs';
import { MOUNTS } from '../support/peers.mjs';
import { albumOf, megabytes, mounted } from '../support/photos.mjs';
import { pssMB } from '../support/process.mjs';
import { mean, median } from '../support/stats.mjs';
import { inTurns } from '../support/turns.mjs';

/** Workers started, and code compiled to its fast tier, before anything is timed. */
const WARM_UP = 40;
/** Of quiet, so that garbage is collected and idle compilers have gone. */
const REST_MS = 4000;

async function rested(page, browser) {
  await page.requestGC();
  await page.waitForTimeout(REST_MS);
  return pssMB(browser);
}

/** @type {import('../bench.mjs').Scenario} */
export const album = {
  title: 'An album',
  async run({ contenders, rounds, albumFolder, albumSize }) {
    const paths = await albumOf(albumSize, albumFolder);
    const { urls, mounts } = mounted(paths);
    const server = await host({ ...MOUNTS, ...mounts }, false, { isolated: true });
    const entries = contenders
      .filter(({ threads }) => threads !== 'one')
      .flatMap((contender) =>
        contender.library === 'shiwu' && contender.main
          ? [
              { ...contender, many: true },
              { ...contender, many: false, title: `${contender.title}, one at a time` },
            ]
          : [{ ...contender, many: true }],
      );
    try {
      const results = await inTurns(entries, rounds, (contender) =>
        withPage(server.url, contender.args, async (page, browser) => {
          const blank = await rested(page, browser);
          const how = { many: contender.many };
          await loadIn(page, contender);
          await inPage(page, 'album', urls.slice(0, WARM_UP), how);
          const measured = await inPage(page, 'album', urls, how);
          return { ...measured, memory: (await rested(page, browser)) - blank };
        }),
      );
      const truth = results.find(({ contender }) => !contender.many)?.runs[0]?.answers;
      const rows = results.map(({ contender, runs, error }) => {
        const { name, title, many, otherNetwork } = contender;
        if (error) return { contender: name, title, many, error };
        const answers = runs[0].answers;
        const same = answers.filter(([index], i) => index === truth?.[i]?.[0]).length;
        return {
          contender: name,
          title,
          many,
          perSecond: median(runs.map((run) => run.perSecond)),
          longestTask: Math.max(...runs.map((run) => run.longestTask)),
          memory: median(runs.map((run) => run.memory)),
          ...(truth && !otherNetwork && { same }),
        };
      });
      return {
        photos: urls.length,
        generated: !albumFolder,
        meanMB: mean(paths.map(megabytes)),
        rows,
      };
    } finally {
      server.close();
    }
  },
};
