/** From the command's arguments to the pictures that they mean. */
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { glob, isDynamicPattern } from 'tinyglobby';
import type { ImageInput } from '../types.js';

export interface Picture {
  /** As the reader of the answers knows it. */
  readonly name: string;
  readonly input: ImageInput;
}

export interface Found {
  readonly pictures: readonly Picture[];
  /** Globs and folders that hold no picture. */
  readonly empty: readonly string[];
}

/** What a folder is searched for; WebP, AVIF and HEIC then say for themselves what they need. */
const IN_FOLDERS = '*.{jpg,jpeg,jpe,jfif,png,gif,bmp,webp,avif,heic,heif}';

/** In which people number files: 2.jpg before 10.jpg. */
const order = new Intl.Collator('zh', { numeric: true });

/**
 * `-` is a picture on standard input. A file that exists is itself whatever its name, a folder all
 * pictures in it, and anything else with wildcards a glob. What is none of them is kept: it fails by
 * itself, under its name. Files that are meant twice come once.
 */
export async function findPictures(
  words: readonly string[],
  { recursive }: { readonly recursive: boolean },
): Promise<Found> {
  const pictures = new Map<string, Picture>();
  const empty: string[] = [];
  for (const word of words) {
    if (word === '-') {
      pictures.set('-', { name: '-', input: await buffer(process.stdin) });
      continue;
    }
    const paths = await expand(word, recursive);
    if (paths.length === 0) empty.push(word);
    for (const path of paths) {
      const key = isAddress(path) ? path : resolve(path);
      if (!pictures.has(key)) pictures.set(key, { name: path, input: path });
    }
  }
  return { pictures: [...pictures.values()], empty };
}

/** The paths in a list, one a line; `-` is standard input. */
export async function readList(path: string): Promise<string[]> {
  const { createReadStream } = await import('node:fs');
  const list = await text(path === '-' ? process.stdin : createReadStream(path));
  return list.split(/\r?\n/).filter((line) => line !== '');
}

async function expand(word: string, recursive: boolean): Promise<string[]> {
  if (isAddress(word)) return [word];
  const kind = await kindOf(word);
  if (kind === 'file') return [word];
  if (kind === 'folder') {
    const found = await glob(recursive ? `**/${IN_FOLDERS}` : IN_FOLDERS, {
      cwd: word,
      caseSensitiveMatch: false,
      followSymbolicLinks: false, // they may lead in circles
      expandDirectories: false,
    });
    return found.sort(order.compare).map((path) => join(word, path));
  }
  const pattern = process.platform === 'win32' ? word.replaceAll('\\', '/') : word;
  if (!isDynamicPattern(pattern)) return [word];
  const found = await glob(pattern, { caseSensitiveMatch: false, expandDirectories: false });
  return found.sort(order.compare);
}

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch {
    return undefined;
  }
}

function isAddress(word: string): boolean {
  return /^(?:https?|data):/i.test(word);
}
