// node_modules as package-lock.json says. Browsers that some packages would download are left out:
// scripts/toolchain/browser.mjs looks for one when it is needed.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { at, Trouble } from './project.mjs';
import { npm } from './run.mjs';

const LOCK = at('package-lock.json');
const INSTALLED = at('node_modules/.package-lock.json'); // npm writes it last
const STAMP = at('node_modules/.shiwu-lock-sha256');

const digest = () => createHash('sha256').update(readFileSync(LOCK)).digest('hex');

export function nodeModulesFresh() {
  if (!existsSync(LOCK))
    throw new Trouble('package-lock.json is missing. Restore it: git checkout package-lock.json');
  if (!existsSync(INSTALLED)) return false;
  if (statSync(INSTALLED).mtimeMs >= statSync(LOCK).mtimeMs) return true;
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8').trim() === digest(); // the same text with a newer date, after a git checkout
}

export async function installNodeModules(options = {}) {
  if (nodeModulesFresh()) return false;
  try {
    await npm(['ci', '--no-fund', '--no-audit'], {
      output: 'on-failure',
      ...options,
      env: { PUPPETEER_SKIP_DOWNLOAD: '1', PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' },
    });
  } catch (error) {
    const disagree = error.message.includes('EUSAGE');
    error.message += disagree
      ? '\npackage.json and package-lock.json disagree. Make the lock anew and commit it: npm install --package-lock-only'
      : '\nnpm could not install the packages of package-lock.json. Check the network (and the proxy in npm config), then run the same command again.';
    throw error;
  }
  writeFileSync(STAMP, `${digest()}\n`);
  return true;
}
