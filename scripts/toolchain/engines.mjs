// Firefox and WebKitGTK for the tests: those named in the environment, else installed ones, else (as root, with apt)
// the system's packages.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { env, platform } from 'node:process';
import { Trouble } from '../lib/project.mjs';
import { run, which } from '../lib/run.mjs';
import { hasApt, isDebian, isRoot } from './system.mjs';

const FIREFOX_PLACES = {
  darwin: ['/Applications/Firefox.app/Contents/MacOS/firefox'],
  win32: [join(env.PROGRAMFILES ?? '', 'Mozilla Firefox', 'firefox.exe')],
};

// Of each program: the variable that names it, how it is called, and in which package it comes.
const ENGINES = {
  firefox: {
    programs: [
      {
        variable: 'FIREFOX_PATH',
        names: ['firefox-esr', 'firefox'],
        places: FIREFOX_PLACES[platform] ?? [],
        // Ubuntu's package of this name is a stub for snap.
        packaged: isDebian ? 'firefox-esr' : '',
      },
    ],
    remedy: {
      darwin: 'brew install --cask firefox',
      win32: 'winget install Mozilla.Firefox',
      linux: 'Firefox ESR, from your system or from mozilla.org, on PATH as firefox',
    },
  },
  webkit: {
    programs: [
      {
        variable: 'WEBKIT_DRIVER_PATH',
        names: ['WebKitWebDriver'],
        packaged: hasApt ? 'webkit2gtk-driver' : '',
      },
      { variable: 'XVFB_PATH', names: ['Xvfb'], packaged: hasApt ? 'xvfb' : '' },
    ],
    remedy: { linux: 'WebKitWebDriver and MiniBrowser of WebKitGTK, and Xvfb, on PATH' },
  },
};

export const ENGINE_NAMES = Object.keys(ENGINES);

function find({ variable, names, places = [] }) {
  const named = env[variable];
  if (named) {
    if (existsSync(named)) return named;
    throw new Trouble(`${variable} points to nothing: ${named}\nMend it, or unset it.`);
  }
  return names.map((name) => which(name)).find(Boolean) ?? places.find(existsSync) ?? '';
}

/**
 * @param {string} engine one of ENGINE_NAMES
 * @param {{onProgress?: (line: string) => void}} options
 * @returns {Promise<Record<string, string>>} the paths of its programs by their variables; rejects with a
 *   Trouble that says what to type when one is missing
 */
export async function findEngine(engine, { onProgress = () => {} } = {}) {
  const { programs, remedy } = ENGINES[engine];
  const missing = () => programs.filter((program) => !find(program));
  const packages = missing().map(({ packaged }) => packaged);
  if (packages.length > 0 && packages.every(Boolean) && isRoot) {
    onProgress(`apt-get install ${packages.join(' ')} (about 1 min, up to 150 MB to download)`);
    const quiet = { env: { DEBIAN_FRONTEND: 'noninteractive' }, output: 'on-failure' };
    await run('apt-get', ['update', '-qq'], quiet).catch(() => {}); // one bad source must not stop a good one
    await run('apt-get', ['install', '-y', '--no-install-recommends', ...packages], quiet).catch(
      (error) => onProgress(error.message.split('\n').at(-1)),
    );
  }
  const lacking = missing();
  if (lacking.length > 0) {
    const names = lacking.map(({ names }) => names[0]).join(' and ');
    const packaged = lacking.map((program) => program.packaged);
    const line = packaged.every(Boolean)
      ? `sudo apt-get install -y ${packaged.join(' ')}`
      : (remedy[platform] ?? `none: ${engine} is not to be had on this system`);
    throw new Trouble(
      `${names}: not found, so ${engine} was not tried. 没有找到，${engine} 未测。\nInstall it, then run the same command again: ${line}`,
    );
  }
  return Object.fromEntries(programs.map((program) => [program.variable, find(program)]));
}
