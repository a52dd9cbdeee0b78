// A Chrome, Chromium or Edge for the tests: the one named in the environment, else one that is installed, else
// (Debian, as root) the system's package, else Playwright's own download.
// As a command: node scripts/toolchain/browser.mjs   prints its path.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { argv, env, execPath, platform } from 'node:process';
import { pathToFileURL } from 'node:url';
import { at, main, root, Trouble } from '../lib/project.mjs';
import { ask, nodeTool, run, which } from '../lib/run.mjs';
import { isDebian, isRoot } from './system.mjs';

const SHELL = 'chromium-headless-shell';

const NAMES = [
  'google-chrome',
  'google-chrome-stable',
  'chromium',
  'chromium-browser',
  'microsoft-edge',
  'microsoft-edge-stable',
];

function* usualPlaces() {
  if (platform === 'darwin') {
    for (const folder of ['/Applications', join(env.HOME ?? '', 'Applications')]) {
      for (const app of ['Google Chrome', 'Chromium', 'Microsoft Edge'])
        yield join(folder, `${app}.app/Contents/MacOS`, app);
    }
  } else if (platform === 'win32') {
    for (const folder of [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA]) {
      if (!folder) continue;
      for (const sub of ['Google\\Chrome', 'Chromium', 'Microsoft\\Edge']) {
        yield join(folder, sub, 'Application', sub.includes('Edge') ? 'msedge.exe' : 'chrome.exe');
      }
    }
  }
  for (const name of NAMES) {
    const path = which(name, ['/opt/google/chrome', '/snap/bin']);
    if (path) yield path;
  }
}

// A name on PATH may be a stub that only says what to install; on Windows --version would open a window.
const works = (path) =>
  existsSync(path) && (platform !== 'linux' || /\d+\.\d+/.test(ask(path, ['--version'])));

async function playwrightPath() {
  if (!existsSync(at('node_modules/playwright-core'))) return '';
  const script =
    "import { chromium } from 'playwright-core'; console.log(chromium.executablePath());";
  return ask(execPath, ['--input-type=module', '-e', script], { cwd: root }).trim();
}

/**
 * @param {{onProgress?: (line: string) => void}} options
 * @returns {Promise<{executablePath: string, args: string[]}>} args: what this browser must be started with here
 */
export async function findBrowser({ onProgress = () => {} } = {}) {
  // Chromium refuses to start its sandbox as root
  const found = (executablePath) => ({ executablePath, args: isRoot ? ['--no-sandbox'] : [] });

  for (const variable of ['CHROME_PATH', 'PUPPETEER_EXECUTABLE_PATH']) {
    const path = env[variable];
    if (!path) continue;
    if (works(path)) return found(path);
    throw new Trouble(
      `${variable} is ${path}, which does not start as a browser.\nPoint it at a Chrome or Chromium, or unset it.`,
    );
  }
  const installed = () => [...usualPlaces()].find(works);
  let path = installed();
  if (path) return found(path);

  // Ubuntu's packages of this name are stubs for snap, which containers lack: Debian only
  if (isDebian && isRoot) {
    onProgress('apt-get install chromium fonts-noto-cjk (about 1 min, 160 MB to download)');
    try {
      await aptInstall('chromium', 'fonts-noto-cjk');
      path = installed();
      if (path) return found(path);
    } catch (error) {
      onProgress(error.message.split('\n').at(-1));
    }
  }

  path = await playwrightPath();
  if (path && works(path)) return found(path);
  if (path) {
    onProgress("downloading Playwright's Chromium (about 1 min, 170 MB)");
    try {
      await nodeTool(
        'playwright/cli.js',
        ['install', ...(isRoot && platform === 'linux' ? ['--with-deps'] : []), 'chromium'],
        {
          output: 'on-failure',
          onLine: onProgress,
        },
      );
      if (works(path)) return found(path);
    } catch (error) {
      onProgress(error.message.split('\n').at(-1));
    }
  }
  throw new Trouble(
    `No Chrome, Chromium or Edge was found, and none could be installed. 没有找到可用的浏览器。\n${advice()}`,
  );
}

/**
 * Debian has Chromium's headless shell as a package of its own: the engine without the browser's windows, which the
 * page's tests run faster in. '' where the browser is another one, or the shell cannot be had.
 * @param {string} executablePath what findBrowser has found
 */
export async function findShell(executablePath, { onProgress = () => {} } = {}) {
  if (executablePath !== which('chromium') || !isDebian) return '';
  const installed = () => {
    const path = which(SHELL);
    return path && works(path) ? path : '';
  };
  if (!installed() && isRoot) {
    onProgress(`apt-get install ${SHELL} (64 MB to download)`);
    // Both, for they must be of the same version.
    await aptInstall('chromium', SHELL).catch((error) =>
      onProgress(error.message.split('\n').at(-1)),
    );
  }
  return installed();
}

async function aptInstall(...packages) {
  const options = { env: { DEBIAN_FRONTEND: 'noninteractive' }, output: 'on-failure' };
  await run('apt-get', ['update', '-qq'], options).catch(() => {}); // one bad source must not stop a good one
  await run('apt-get', ['install', '-y', '--no-install-recommends', ...packages], options);
}

function advice() {
  if (platform === 'darwin')
    return 'Install one, then run the same command again: brew install --cask google-chrome';
  if (platform === 'win32')
    return 'Install one, then run the same command again: winget install Google.Chrome';
  const command = isDebian
    ? 'sudo apt-get install -y chromium fonts-noto-cjk'
    : which('dnf')
      ? 'sudo dnf install chromium google-noto-sans-cjk-fonts'
      : which('pacman')
        ? 'sudo pacman -S chromium noto-fonts-cjk'
        : 'npx playwright install --with-deps chromium';
  return `Install one, then run the same command again: ${command}\nOr name one that you have: CHROME_PATH=/path/to/chrome npm test`;
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) {
  const onProgress = (line) => console.error(line);
  await main(async () => {
    const { executablePath } = await findBrowser({ onProgress });
    console.log(executablePath);
    await findShell(executablePath, { onProgress });
  });
}
