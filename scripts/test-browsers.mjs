// npm run test:browsers [-- firefox|webkit] [Playwright's own arguments, as -g album]: the page, shiwu.html and the
// package in the engines that are not Chromium's. What one lacks by a bug of its own stands in tests/browsers/gaps.ts.
import { argv } from 'node:process';
import { buildLib, buildSingle, buildSite, buildWasm } from './build.mjs';
import { installNodeModules } from './lib/node-modules.mjs';
import { main, Trouble } from './lib/project.mjs';
import { nodeTool } from './lib/run.mjs';
import { Steps } from './lib/steps.mjs';
import { ENGINE_NAMES, findEngine } from './toolchain/engines.mjs';
import { findToolchain } from './toolchain/find.mjs';

await main(async () => {
  const words = argv.slice(2);
  const chosen = words.filter((word) => ENGINE_NAMES.includes(word));
  const wanted = chosen.length > 0 ? chosen : ENGINE_NAMES;
  const steps = new Steps(3);
  const missing = [];
  const programs = {};
  const engines = [];
  await steps.step(
    { title: 'Browsers 浏览器', usually: 'about 1 min when they must be installed' },
    async (show) => {
      for (const engine of wanted) {
        try {
          Object.assign(programs, await findEngine(engine, { onProgress: show }));
          engines.push(engine);
        } catch (error) {
          if (!(error instanceof Trouble)) throw error;
          missing.push(error.message);
        }
      }
      return engines.join(', ');
    },
  );
  // Whoever has one of them wants to see it tried.
  if (engines.length === 0) throw new Trouble(missing.join('\n'));
  await steps.step(
    { title: 'Library and page 构建', usually: 'about 20 s when something changed' },
    async (show) => {
      await installNodeModules({ onLine: undefined });
      await buildWasm(await findToolchain({ onProgress: show }), { output: 'on-failure' });
      await buildLib({ output: 'on-failure' });
      await buildSite({ output: 'on-failure' });
      await buildSingle({ output: 'on-failure' });
    },
  );
  await steps.step(
    { title: 'Flows 各引擎走一遍', usually: 'about 2 min', streams: true },
    async () => {
      await nodeTool(
        '@playwright/test/cli.js',
        [
          'test',
          ...['-c', 'tests/browsers/playwright.config.ts'],
          ...engines.flatMap((engine) => ['--project', engine]),
          ...words.filter((word) => !chosen.includes(word)),
        ],
        { env: programs },
      );
    },
  );
  if (missing.length > 0) throw new Trouble(missing.join('\n'));
});
