// npm run test:mobile [-- pytest's own arguments]: export --to litert and --to coreml, proved with the phones' own
// libraries. Apart from npm run test:models because LiteRT's converter wants another PyTorch (models/pyproject.toml).
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { at, main, toolchainDir, windows } from './lib/project.mjs';
import { ask, run } from './lib/run.mjs';
import { Steps } from './lib/steps.mjs';
import { findPython } from './toolchain/python.mjs';

const OURS = join(toolchainDir, 'mobile');
const LOCK = at('models/requirements-mobile.lock');
const DONE = join(OURS, 'shiwu-done');
const python = windows ? join(OURS, 'Scripts', 'python.exe') : join(OURS, 'bin', 'python');

await main(async () => {
  const steps = new Steps(2);
  await steps.step(
    { title: 'Python for phones 准备 Python', usually: 'some minutes the first time, 6 GB' },
    async (show) => {
      if (existsSync(DONE) && readFileSync(DONE, 'utf8') === readFileSync(LOCK, 'utf8')) return;
      const { python: base } = await findPython({ onProgress: show });
      rmSync(OURS, { recursive: true, force: true });
      await run(base, ['-m', 'venv', OURS], { output: 'on-failure' });
      const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--require-hashes'];
      await run(python, [...pip, '-r', LOCK], { output: 'on-failure' });
      const packages = ask(python, [
        '-c',
        "import sysconfig; print(sysconfig.get_path('purelib'))",
      ]);
      appendFileSync(join(packages.trim(), 'shiwu-models.pth'), `${at('models')}\n`);
      writeFileSync(DONE, readFileSync(LOCK, 'utf8'));
    },
  );
  await steps.step({ title: 'Phones 手机格式', usually: 'about 3 min', streams: true }, () =>
    run(python, ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', ...argv.slice(2)], {
      cwd: at('tests/mobile'),
      env: { PYTHONUTF8: '1' },
    }),
  );
});
