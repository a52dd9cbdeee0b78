// Memory over a blank page, in MB: what stays with a loaded classifier, after a photo and after an album (the
// proportional set of the page's process, workers included), and the peak while large photos are named.
import { withPage } from '../support/chromium.mjs';
import { host } from '../support/host.mjs';
import { inPage, loadIn, repeatIn } from '../support/in-page.mjs';
import { MOUNTS } from '../support/peers.mjs';
import { albumOf, mounted, photoOf } from '../support/photos.mjs';
import { peakMB, pssMB, rssMB } from '../support/process.mjs';
import { medians } from '../support/stats.mjs';
import { inTurns, reason } from '../support/turns.mjs';

const ALBUM = 200;
/** Of quiet after each step, so that garbage is collected and idle compilers have gone. */
const REST_MS = 4000;
/** Below this a photo's peak is lost in what the engine itself takes. */
const LARGE = 10;

async function rest(page) {
  await page.requestGC();
  await page.waitForTimeout(REST_MS);
}

/** @type {import('../bench.mjs').Scenario} */
export const memory = {
  title: 'Memory',
  async run({ contenders, rounds, sizes, albumFolder }) {
    const large = sizes.filter((size) => size >= LARGE);
    const paths = [await photoOf(0.2)];
    for (const size of large) paths.push(await photoOf(size));
    paths.push(...(await albumOf(ALBUM, albumFolder)));
    const { urls, mounts } = mounted(paths);
    const [small, ...rest_] = urls;
    const photos = rest_.slice(0, large.length);
    const albumUrls = rest_.slice(large.length);
    const server = await host({ ...MOUNTS, ...mounts }, false, { isolated: true });
    const main = contenders.filter((contender) => contender.main);
    const failures = new Map(main.map((contender) => [contender, {}]));

    const turn = async (contender) => {
      const found = {};
      const failed = failures.get(contender);
      try {
        await withPage(server.url, contender.args, async (page, browser) => {
          await rest(page);
          const blank = await pssMB(browser);
          const blankResident = await rssMB(browser);
          const stays = async () => {
            await rest(page);
            return (await pssMB(browser)) - blank;
          };
          await loadIn(page, contender);
          found.loaded = await stays();
          await repeatIn(page, small, 1);
          found.onePhoto = await stays();
          await inPage(page, 'album', albumUrls);
          found.album = await stays();
          for (const [i, size] of large.entries()) {
            const key = `peak${size}`;
            if (failed[key]) continue;
            failed[key] = 'not run';
            try {
              const peak = await peakMB(browser, () => repeatIn(page, photos[i], 1));
              found[key] = peak - blankResident;
              delete failed[key];
            } catch (error) {
              failed[key] = reason(error);
              // Whoever could not take this photo has not given back what it took.
              return;
            }
            await rest(page);
          }
        });
      } catch (error) {
        if (found.album === undefined) throw error;
      }
      return found;
    };

    try {
      const results = await inTurns(main, rounds, turn);
      const rows = results.map(({ contender, runs, error }) => ({
        contender: contender.name,
        ...(error ? { error } : { ...medians(runs), failed: failures.get(contender) }),
      }));
      return { albumSize: ALBUM, sizes: large, rows };
    } finally {
      server.close();
    }
  },
};
