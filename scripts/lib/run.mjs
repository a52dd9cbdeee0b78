// Starts programs. Output is inherited, or passed through and its end kept, or kept and shown only on failure.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, dirname, extname, isAbsolute, join } from 'node:path';
import { execPath, env as processEnv } from 'node:process';
import { root, Trouble, windows } from './project.mjs';

// Of a failed program's output: some tell the cause first, others last.
const KEPT_FIRST = 12;
const KEPT_LAST = 30;
const TOLD_AGAIN = 60; // lines: what a test runner says of a failure, with its summary
const children = new Set();
let farewell;

/** what to say when a person presses Ctrl-C, for a program that is meant to end that way (status 0) */
export const whenInterrupted = (callback) => {
  farewell = callback;
};

// A child that outlives us would keep a port or a build folder busy.
for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
]) {
  process.on(signal, () => {
    for (const child of children) child.kill(signal);
    farewell?.();
    process.exit(farewell ? 0 : status);
  });
}

export const seconds = (ms) => {
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 119_500
    ? `${Math.round(ms / 1000)} s`
    : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
};

// .cmd and .bat are started by the shell on Windows, so their words are quoted by hand there
const forSpawn = (command, args) => {
  const shell = windows && ['.cmd', '.bat'].includes(extname(command).toLowerCase());
  const quote = (s) => (/[\s"&|<>^()]/.test(s) ? `"${s.replaceAll('"', '""')}"` : s);
  return shell ? [quote(command), args.map(quote), { shell }] : [command, args, {}];
};

/**
 * @param {string} command
 * @param {string[]} args
 * @param {{cwd?: string, env?: object, output?: 'inherit' | 'through' | 'on-failure', remedy?: string, onLine?: (line: string) => void}} options
 *   through: shown as it comes, and its last lines are the error's `tail`
 * @returns {Promise<{ms: number, output: string}>} rejects with Trouble when the program fails
 */
export function run(
  command,
  args = [],
  { cwd = root, env = {}, output = 'inherit', remedy = '', onLine } = {},
) {
  const started = performance.now();
  const inherit = output === 'inherit';
  const through = output === 'through';
  const [file, words, extra] = forSpawn(command, args);
  return new Promise((done, fail) => {
    const child = spawn(file, words, {
      cwd,
      env: merged(
        through && process.stdout.isTTY && !processEnv.NO_COLOR
          ? { FORCE_COLOR: '1', ...env }
          : env,
      ),
      stdio: inherit ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      ...extra,
    });
    children.add(child);
    let text = '';
    for (const stream of inherit ? [] : [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (chunk) => {
        text = (text + chunk).slice(-200_000);
        if (through) process[stream === child.stdout ? 'stdout' : 'stderr'].write(chunk);
        const line = chunk.trimEnd().split('\n').at(-1);
        if (line) onLine?.(line);
      });
    }
    const trouble = (what) => {
      const lines = text.trimEnd().split('\n');
      if (through)
        return Object.assign(new Trouble([what, remedy].filter(Boolean).join('\n')), {
          tail: lines.slice(-TOLD_AGAIN).join('\n'),
        });
      if (lines.length > KEPT_FIRST + KEPT_LAST)
        lines.splice(KEPT_FIRST, lines.length - KEPT_FIRST - KEPT_LAST, '  …');
      const kept = lines.join('\n');
      return new Trouble([kept, what, remedy].filter(Boolean).join('\n'));
    };
    child.on('error', (error) => {
      children.delete(child);
      fail(trouble(`${command} could not be started: ${error.message}`));
    });
    child.on('close', (code, signal) => {
      children.delete(child);
      const ms = performance.now() - started;
      if (code === 0) done({ ms, output: text });
      else
        fail(
          trouble(
            `${name(command, args)} ended with ${signal ?? `exit status ${code}`} after ${seconds(ms)}`,
          ),
        );
    });
  });
}

/** a program that keeps running: returns the child at once */
export function start(
  command,
  args = [],
  { cwd = root, env = {}, stdio = ['ignore', 'pipe', 'pipe'] } = {},
) {
  const [file, words, extra] = forSpawn(command, args);
  const child = spawn(file, words, { cwd, env: merged(env), stdio, ...extra });
  children.add(child);
  child.on('close', () => children.delete(child));
  return child;
}

/** what a program says, or '' when it is absent or fails: for questions such as --version */
export function ask(command, args = [], options = {}) {
  const [file, words, extra] = forSpawn(command, args);
  const { cwd = root, env = {}, timeout = 20_000 } = options;
  const r = spawnSync(file, words, {
    cwd,
    env: merged(env),
    encoding: 'utf8',
    timeout,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...extra,
  });
  return r.status === 0 ? r.stdout : '';
}

const merged = (env) => {
  const all = { ...processEnv, ...env };
  if (windows && env.PATH)
    for (const key of Object.keys(all))
      if (key !== 'PATH' && key.toUpperCase() === 'PATH') delete all[key];
  return all;
};

const name = (command, args) => {
  const script = command === execPath && args[0] ? args[0] : command;
  const words = script === command ? args : args.slice(1);
  return [script.split(/[\\/]/).at(-1), ...words.slice(0, 3)].join(' ');
};

/** PATH with these folders in front */
export const pathWith = (...folders) =>
  [...new Set([...folders, ...(processEnv.PATH ?? processEnv.Path ?? '').split(delimiter)])]
    .filter(Boolean)
    .join(delimiter);

/** the first program of this name on PATH (or in these folders first), or '' */
export function which(program, folders = []) {
  if (isAbsolute(program)) return isFile(program) ? program : '';
  const suffixes = windows ? ['.exe', '.bat', '.cmd'] : [''];
  for (const folder of pathWith(...folders).split(delimiter)) {
    for (const suffix of suffixes) {
      const path = join(folder, program + suffix);
      if (isFile(path)) return path;
    }
  }
  return '';
}

const isFile = (path) => {
  try {
    if (!statSync(path).isFile()) return false;
    if (!windows) accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // not there, or in a folder that is not ours to read
  }
};

/** npm, or one of its sub-commands, without needing a shell on Windows */
export function npmCommand() {
  const beside = join(dirname(execPath), 'node_modules/npm/bin/npm-cli.js');
  const script = [processEnv.npm_execpath, beside].find(
    (p) => p && /npm-cli\.c?js$/.test(p) && existsSync(p),
  );
  return script ? [execPath, [script]] : [which('npm') || 'npm', []];
}

export const npm = (args, options) => {
  const [command, first] = npmCommand();
  return run(command, [...first, ...args], options);
};

/** a program of node_modules, by its script: npx without npx */
export const nodeTool = (script, args, options) =>
  run(execPath, [join(root, 'node_modules', script), ...args], options);
