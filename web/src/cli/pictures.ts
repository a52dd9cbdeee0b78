/** From the command's arguments to the pictures that they mean. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { decodeText } from '../labels/text.js';
import type { ImageInput } from '../types.js';
import { expandGlob, isGlob } from './globs.js';
import { filesIn, type Skipped } from './walk.js';

export interface Picture {
  /** As the reader of the answers knows it. */
  readonly name: string;
  readonly input: ImageInput;
}

export interface Found {
  readonly pictures: readonly Picture[];
  /** Globs and folders that hold no picture. */
  readonly empty: readonly string[];
  /** What was come across and left out. */
  readonly skipped: readonly Skipped[];
}

/** What a folder is searched for; WebP, AVIF and HEIC then say for themselves what they need. */
const IN_FOLDERS = /\.(?:jpe?g|jpe|jfif|png|gif|bmp|webp|avif|hei[cf])$/i;

/**
 * `-` is a picture on standard input. A file that exists is itself whatever its name, a folder all
 * pictures in it, and anything else with wildcards a glob; in a list there are no globs. What is none of
 * them is kept: it fails by itself, under its name. Files that are meant twice come once.
 */
export async function findPictures(
  words: readonly string[],
  { recursive, listed = [] }: { readonly recursive: boolean; readonly listed?: readonly string[] },
): Promise<Found> {
  const pictures = new Map<string, Picture>();
  const empty: string[] = [];
  const skipped: Skipped[] = [];
  const take = (word: string, paths: readonly string[]) => {
    if (paths.length === 0) empty.push(word);
    for (const path of paths) {
      const key = isAddress(path) ? path : resolve(path);
      if (!pictures.has(key)) pictures.set(key, { name: path, input: path });
    }
  };
  for (const word of words) {
    if (word === '-') {
      pictures.set('-', { name: '-', input: await buffer(process.stdin) });
    } else {
      take(word, await expand(word, { recursive, skipped, globs: true }));
    }
  }
  for (const word of listed) take(word, await expand(word, { recursive, skipped, globs: false }));
  return { pictures: [...pictures.values()], empty, skipped };
}

/** The paths in a list, one a line; `-` is standard input. In the encodings that label files may have. */
export async function readList(path: string): Promise<string[]> {
  const bytes = await buffer(path === '-' ? process.stdin : createReadStream(path));
  return decodeText(bytes)
    .text.split(/\r\n|\n|\r/)
    .filter((line) => line !== '');
}

async function expand(
  word: string,
  options: { recursive: boolean; skipped: Skipped[]; globs: boolean },
): Promise<string[]> {
  if (isAddress(word)) return [word];
  const kind = await stat(word).catch(() => undefined);
  if (kind?.isDirectory()) return filesIn(word, (name) => IN_FOLDERS.test(name), options);
  if (kind || !options.globs) return [word];
  const pattern = process.platform === 'win32' ? word.replaceAll('\\', '/') : word;
  return isGlob(pattern) ? expandGlob(pattern, options.skipped) : [word];
}

function isAddress(word: string): boolean {
  return /^(?:https?|data):/i.test(word);
}
