// Where things are. Everything that the scripts make lies in folders that git ignores.
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { env, platform, versions } from 'node:process';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const at = (...parts) => join(root, ...parts);
export const toolchainDir = env.SHIWU_TOOLCHAIN_DIR
  ? resolve(env.SHIWU_TOOLCHAIN_DIR)
  : at('.toolchain');
export const windows = platform === 'win32';

/** a path as a person in the project folder would type it */
export const shown = (path) => {
  const r = relative(root, path);
  return r && !r.startsWith('..') && !isAbsolute(r) ? r : path;
};

/** an error that is about the user's machine or files: printed as its text alone, without a stack */
export class Trouble extends Error {}

export const older = (version, minimum) => {
  const a = version.split('.').map(Number);
  const b = minimum.split('.').map(Number);
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const d = (a[i] ?? 0) - (b[i] ?? 0);
    if (d) return d < 0;
  }
  return false;
};

const NODE_MINIMUM = '20.19.0'; // what Vite asks for, the same as "engines" in package.json

export function checkNode() {
  if (older(versions.node, NODE_MINIMUM)) {
    throw new Trouble(
      `Node ${versions.node} is too old; Node ${NODE_MINIMUM} or newer is needed. 需要 Node ${NODE_MINIMUM} 或更新版本。\n` +
        'Install the current LTS from nodejs.org, or with your version manager: nvm install --lts',
    );
  }
}

/** Runs a command's main function; a Trouble becomes its own text, anything else keeps its stack. */
export async function main(body) {
  try {
    checkNode();
    process.exitCode = (await body()) ?? 0;
  } catch (error) {
    console.error(`\n${error instanceof Trouble ? error.message : error.stack}`);
    process.exitCode = 1;
  }
}
