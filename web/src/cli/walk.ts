/** Folders, with the links in them followed as far as they lead to something new. */
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Something that was left out, and why: a link in a circle, one that leads nowhere, a folder that may not be read. */
export interface Skipped {
  readonly path: string;
  readonly why: 'seen' | 'broken' | 'unreadable';
}

export interface Entry {
  readonly name: string;
  readonly path: string;
  readonly folder: boolean;
  readonly link: boolean;
}

/** In which people number files: 2.jpg before 10.jpg. */
export const order = new Intl.Collator('zh', { numeric: true });

/** What lies in a folder; a link is what it leads to. */
export async function entriesOf(folder: string, skipped: Skipped[]): Promise<Entry[]> {
  let found: Dirent[];
  try {
    found = await readdir(folder || '.', { withFileTypes: true });
  } catch {
    skipped.push({ path: folder, why: 'unreadable' });
    return [];
  }
  const entries: Entry[] = [];
  for (const each of found) {
    const path = join(folder, each.name);
    const link = each.isSymbolicLink();
    const target = link ? await stat(path).catch(() => undefined) : each;
    if (!target) skipped.push({ path, why: 'broken' });
    else if (target.isDirectory() || target.isFile()) {
      entries.push({ name: each.name, path, folder: target.isDirectory(), link });
    }
  }
  return entries;
}

const isHidden = (name: string) => name.startsWith('.');

/**
 * This folder and those within, hidden ones left out. Links come last, so that a folder is found by its own
 * name, and one that leads to what has been seen is left out: it may lead in a circle.
 */
export async function foldersIn(root: string, skipped: Skipped[]): Promise<string[]> {
  const seen = new Set<string>();
  const folders: string[] = [];
  const open = [root];
  const links: string[] = [];
  for (;;) {
    const link = open.length === 0;
    const folder = open.pop() ?? links.shift();
    if (folder === undefined) return folders;
    const real = await realpath(folder || '.').catch(() => folder);
    if (seen.has(real)) {
      if (link) skipped.push({ path: folder, why: 'seen' });
      continue;
    }
    seen.add(real);
    folders.push(folder);
    for (const entry of await entriesOf(folder, [])) {
      if (entry.folder && !isHidden(entry.name)) (entry.link ? links : open).push(entry.path);
    }
  }
}

/** The files of a folder that a name tells, those of the folders in it too where asked. */
export async function filesIn(
  root: string,
  isWanted: (name: string) => boolean,
  { recursive, skipped }: { readonly recursive: boolean; readonly skipped: Skipped[] },
): Promise<string[]> {
  const found: string[] = [];
  for (const folder of recursive ? await foldersIn(root, skipped) : [root]) {
    const broken: Skipped[] = [];
    for (const { name, path, folder: inner } of await entriesOf(folder, broken)) {
      if (!inner && !isHidden(name) && isWanted(name)) found.push(path);
    }
    // A link to a photo that is gone is missed; one to anything else is not.
    skipped.push(...broken.filter(({ path, why }) => why !== 'broken' || isWanted(path)));
  }
  return found.sort(order.compare);
}
