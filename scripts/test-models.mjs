// npm run test:models [-- pytest's own arguments]: the model pipeline with live PyTorch, so that PyTorch and ONNX
// giving the same answers is held at every change. Apart from npm test because PyTorch takes several GB.

import { dirname } from 'node:path';
import { argv, env, execPath } from 'node:process';
import { buildLib, buildSite, buildWasm } from './build.mjs';
import { installNodeModules } from './lib/node-modules.mjs';
import { at, main } from './lib/project.mjs';
import { pathWith, run } from './lib/run.mjs';
import { Steps } from './lib/steps.mjs';
import { findBrowser } from './toolchain/browser.mjs';
import { findToolchain } from './toolchain/find.mjs';
import { findPython } from './toolchain/python.mjs';

const FOLDERS = ['.', '../tests/python'];

await main(async () => {
  const steps = new Steps(4);
  const { python } = await steps.step(
    {
      title: 'Python and PyTorch 准备 Python',
      usually: 'some minutes when PyTorch must be installed',
    },
    async (show) => {
      const found = await findPython({ onProgress: show });
      show(`${found.python}, PyTorch ${found.torch}`);
      return found;
    },
  );
  const browser = await steps.step(
    { title: "The browser's path 浏览器一侧", usually: 'about 2 min the first time' },
    async (show) => {
      await installNodeModules({ onLine: undefined });
      await buildWasm(await findToolchain({ onProgress: show }));
      await buildLib();
      await buildSite();
      return findBrowser({ onProgress: show });
    },
  );
  const inModels = (words) =>
    run(python, ['-m', ...words], {
      cwd: at('models'),
      env: {
        PATH: pathWith(dirname(execPath)), // the browser's path runs under the Node that runs this
        CHROME_PATH: browser.executablePath,
        PYTHONUTF8: '1',
        MYPY_FORCE_COLOR: env.CI ? '0' : '1',
      },
    });
  await steps.step(
    { title: 'Lint and types 代码检查', usually: 'about 30 s', streams: true },
    async () => {
      await inModels(['ruff', 'check', '..']); // all of the project, each part by the nearest ruff.toml
      await inModels(['ruff', 'format', '--check', ...FOLDERS]);
      await inModels(['mypy']);
    },
  );
  await steps.step(
    { title: 'Pipeline 模型流水线', usually: 'about 8 min', streams: true },
    async () => {
      await inModels(['pytest', ...(argv.length > 2 ? argv.slice(2) : ['-q', '--durations=10'])]);
    },
  );
});
