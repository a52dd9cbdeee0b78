// npm run test:consumers [-- vite next …]: the packed package in one small project for each bundler, as a user
// would have it: installed from the tarball, built, served, and asked in Chromium what a photo shows. A project is
// a folder here or in examples/ that has a package.json. Its scripts decide: `build` is run (for some it is all there
// is to see: types that hold, tests that pass on the photo SHIWU_PHOTO); `dev` and `start` are
// servers of its own; without these two, dist (else the folder itself) is served under a strict CSP.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { argv } from 'node:process';
import { buildLib, buildWasm } from '../../scripts/build.mjs';
import { installNodeModules } from '../../scripts/lib/node-modules.mjs';
import { at, main, Trouble } from '../../scripts/lib/project.mjs';
import { npm, seconds } from '../../scripts/lib/run.mjs';
import { bold, dim, green, red, Steps } from '../../scripts/lib/steps.mjs';
import { packLibrary } from '../../scripts/pack.mjs';
import { findBrowser } from '../../scripts/toolchain/browser.mjs';
import { findToolchain } from '../../scripts/toolchain/find.mjs';
import { serveByScript, serveFolder } from './runner/serve.mjs';
import { PHOTO, visit } from './runner/visit.mjs';

const quiet = { output: 'on-failure' };

function chosen() {
  const all = ['tests/consumers', 'examples']
    .filter((folder) => existsSync(at(folder)))
    .flatMap((folder) => readdirSync(at(folder)).map((name) => at(folder, name)))
    .filter((folder) => existsSync(join(folder, 'package.json')));
  const names = argv.slice(2);
  const unknown = names.find((name) => !all.some((folder) => basename(folder) === name));
  if (unknown)
    throw new Trouble(
      `There is no project "${unknown}". Projects: ${all.map((folder) => basename(folder)).join(', ')}`,
    );
  return names.length ? all.filter((folder) => names.includes(basename(folder))) : all;
}

// Outside this tree: neither its node_modules nor its lockfile may help a project.
async function install(project, folder, tarball) {
  mkdirSync(folder, { recursive: true });
  cpSync(project, folder, {
    recursive: true,
    filter: (path) => !['node_modules', 'dist', '.next'].includes(basename(path)),
  });
  await npm(['install', '--no-save', '--prefer-offline', tarball], {
    ...quiet,
    cwd: folder,
    env: { npm_config_fund: 'false', npm_config_audit: 'false' },
  });
}

/** Each place where the project's page is to be seen: [name, how to serve it]. */
function places(folder, scripts) {
  const own = ['dev', 'start'].filter((name) => scripts[name]);
  const servers = own.map((name) => [scripts[name], () => serveByScript(folder, scripts[name])]);
  if (scripts.start) return servers;
  const site = [join(folder, 'dist'), folder].find((at) => existsSync(join(at, 'index.html')));
  if (!site) return servers;
  return [
    ['static files, strict CSP', () => serveFolder(site)],
    ['the same, cross-origin isolated', () => serveFolder(site, { isolated: true })],
    ...servers,
  ];
}

async function prove(project, folder, tarball, browser, show) {
  const { scripts = {} } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
  let since = performance.now();
  const done = (what) => {
    show(`${what} ${dim(seconds(performance.now() - since))}`);
    since = performance.now();
  };
  await install(project, folder, tarball);
  done('installed');
  if (scripts.build) {
    const env = { NEXT_TELEMETRY_DISABLED: '1', SHIWU_PHOTO: PHOTO };
    await npm(['run', 'build'], { ...quiet, cwd: folder, env });
    done(scripts.build);
  }
  for (const [name, serve] of places(folder, scripts)) {
    const server = await serve();
    try {
      done(`${name}: ${await visit(browser, server.url)}`);
    } catch (error) {
      error.message = `${name}: ${error.message}`;
      throw error;
    } finally {
      await server.close();
    }
  }
}

/** The tarball, and a browser; whatever they need is made. */
async function prepare(show) {
  await installNodeModules();
  await buildWasm(await findToolchain({ onProgress: show }), { ...quiet, onLine: show.passing });
  await buildLib(quiet);
  const { file } = await packLibrary();
  const { executablePath, args } = await findBrowser({ onProgress: show });
  const { chromium } = await import('@playwright/test'); // not there before installNodeModules
  const browser = await chromium.launch({ executablePath, args: [...args, '--disable-gpu'] });
  return { tarball: file, browser };
}

await main(async () => {
  const projects = chosen();
  const steps = new Steps(projects.length + 1);
  const work = mkdtempSync(join(tmpdir(), 'shiwu-consumers-'));
  process.once('exit', () => rmSync(work, { recursive: true, force: true })); // after Ctrl-C as well
  const { tarball, browser } = await steps.step(
    { title: 'Build and pack 构建与打包', usually: 'about 2 min the first time' },
    prepare,
  );
  let failed = 0;
  for (const project of projects) {
    const folder = join(work, basename(project));
    try {
      await steps.step({ title: basename(project) }, (show) =>
        prove(project, folder, tarball, browser, show),
      );
    } catch (error) {
      failed += 1;
      console.error(red(error instanceof Trouble ? error.message : error.stack));
    }
    rmSync(folder, { recursive: true, force: true }); // Next.js alone takes 0.4 GB
  }
  await browser.close();
  console.log(bold(`total ${seconds(steps.elapsed)}`));
  const paint = failed ? red : green;
  console.log(paint(`${projects.length - failed} passed, ${failed} failed`));
  return failed ? 1 : 0;
});
