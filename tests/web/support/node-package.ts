/** The package as a Node program gets it: the built files, through package.json's exports. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ROOT } from './core.js';

export type Library = typeof import('../../../web/src/node.js');

export const DIST = new URL('dist/', ROOT);

/** A file of the repository, as a path. */
export function path(name: string): string {
  return fileURLToPath(new URL(name, ROOT));
}

export async function loadLibrary(): Promise<Library> {
  const url = new URL('node.js', DIST);
  if (!existsSync(url)) throw new Error(`${url.pathname} is missing: node scripts/build.mjs lib`);
  return import(url.href) as Promise<Library>;
}

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface SpawnOptions {
  readonly cwd?: string;
  readonly stdin?: string | Uint8Array;
  /** Milliseconds after which it is killed: its status is null then. */
  readonly patience?: number;
}

/** Runs Node with these arguments to its end. */
export function runNode(
  args: readonly string[],
  { cwd = path('.'), stdin, patience = 60_000 }: SpawnOptions = {},
): Promise<Ended> {
  const child = spawn(process.execPath, args, { cwd, timeout: patience, killSignal: 'SIGKILL' });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  child.stdin.end(stdin);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => {
      const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString('utf8');
      resolve({ status, stdout: text(out), stderr: text(err) });
    });
  });
}
