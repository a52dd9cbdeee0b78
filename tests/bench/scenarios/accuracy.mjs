// The same first answer as Pillow and native ONNX Runtime give for the same file, photo by photo.
import { basename } from 'node:path';
import { at } from '../../../scripts/lib/project.mjs';
import { withPage } from '../support/chromium.mjs';
import { host } from '../support/host.mjs';
import { inPage, loadIn } from '../support/in-page.mjs';
import { MOUNTS } from '../support/peers.mjs';
import { albumOf, mounted } from '../support/photos.mjs';
import { python } from '../support/python.mjs';
import { mean } from '../support/stats.mjs';
import { inTurns } from '../support/turns.mjs';

/** @type {import('../bench.mjs').Scenario} */
export const accuracy = {
  title: 'Accuracy',
  async run({ contenders, albumFolder, albumSize }) {
    const paths = [...new Set(await albumOf(albumSize, albumFolder))];
    const { urls, mounts } = mounted(paths);
    const output = await python(
      at('tests/bench/peers/reference.py'),
      at('models/bundles/lite0/lite0.onnx'),
      ...paths,
    );
    const { answers: reference, ids } = JSON.parse(output);
    // Files of an ImageNet folder say in their names what they show.
    const truth = paths.map((path) => ids.indexOf(basename(path).split('_')[0]));
    const known = truth.filter((index) => index >= 0).length;
    const right = (answers) => answers.filter(([index], i) => index === truth[i]).length;
    const server = await host({ ...MOUNTS, ...mounts }, false, { isolated: true });
    const asked = contenders.filter(
      ({ main, otherNetwork, name }) =>
        !otherNetwork && (main || ['shiwu-exact', 'tfjs-whole'].includes(name)),
    );
    try {
      const results = await inTurns(asked, 1, (contender) =>
        withPage(server.url, contender.args, async (page) => {
          await loadIn(page, contender);
          return (await inPage(page, 'album', urls)).answers;
        }),
      );
      const rows = results.map(({ contender, runs, error }) => {
        if (error) return { contender: contender.name, error };
        const [answers] = runs;
        // The others know of no temperature.
        const which = contender.library === 'shiwu' ? 2 : 1;
        const same = answers.flatMap(([index, score], i) =>
          index === reference[i][0] ? [Math.abs(score - reference[i][which])] : [],
        );
        return {
          contender: contender.name,
          same: same.length,
          meanDifference: mean(same),
          largestDifference: Math.max(...same),
          ...(known > 0 && { right: right(answers) }),
        };
      });
      return {
        photos: paths.length,
        generated: !albumFolder,
        known,
        ...(known > 0 && { referenceRight: right(reference) }),
        rows,
      };
    } finally {
      server.close();
    }
  },
};
