#!/usr/bin/env node
/**
 * shiwu-assets FOLDER: copies the workers, runtimes and model that the library loads while it runs, for
 * bundlers that do not follow `new URL('…', import.meta.url)`, as esbuild and Rollup.
 */
import { cp, mkdir, stat } from 'node:fs/promises';
import { dirname, join, normalize, sep } from 'node:path';
import { argv, exit } from 'node:process';
import { fileURLToPath } from 'node:url';

/** The files that dist/index.js refers to, put in by scripts/build-lib.mjs. */
declare const SHIWU_FILES: readonly string[];

/** Folders that tools serve as the root of a site. */
const ROOTS = new Set(['public', 'static', 'dist', 'build', 'out', 'www', 'site']);

const [target, ...more] = argv.slice(2);
if (!target || target.startsWith('-') || more.length > 0) {
  console.error('用法 Usage: shiwu-assets <文件夹 folder>    例如 e.g. shiwu-assets public/shiwu');
  exit(1);
}

try {
  const dist = fileURLToPath(new URL('.', import.meta.url));
  let bytes = 0;
  for (const name of SHIWU_FILES) {
    const copy = join(target, name);
    await mkdir(dirname(copy), { recursive: true });
    await cp(join(dist, name), copy);
    bytes += (await stat(copy)).size;
  }
  const size = (bytes / 1e6).toFixed(1);
  console.log(
    `${SHIWU_FILES.length} 个文件，${size} MB → ${target}    ${SHIWU_FILES.length} files`,
  );
  console.log(`createClassifier({ assetBase: '${addressOf(target)}' })`);
} catch (error) {
  console.error(`复制失败 Not copied: ${error instanceof Error ? error.message : String(error)}`);
  exit(1);
}

/** What the folder is called on the site, as far as its name tells. */
function addressOf(folder: string): string {
  const parts = normalize(folder)
    .split(sep)
    .filter((part) => part && part !== '.');
  const root = parts.findIndex((part) => ROOTS.has(part));
  return `/${parts
    .slice(root + 1)
    .map((part) => `${part}/`)
    .join('')}`;
}
