/**
 * Globs, a part between two slashes at a time: what exists by its very name is itself, so that folders called
 * `新建文件夹 (2)` or `[2024]` may stand before a `*.jpg`.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import picomatch from 'picomatch';
import { entriesOf, foldersIn, order, type Skipped } from './walk.js';

export function isGlob(word: string): boolean {
  return /[*?]|\[[^\]]+\]|\{[^}]*(?:,|\.\.)[^}]*\}|[!@+]\(|\([^)]*\|/.test(word);
}

/** `图片 (*).jpg` means a name with parentheses, `(a|b).jpg` two names: both are tried. */
function matcher(part: string): (name: string) => boolean {
  const literal = part.replaceAll(/[()]/g, '\\$&');
  const ways = [part, literal, literal.replaceAll(/[[\]]/g, '\\$&')];
  return picomatch([...new Set(ways)], { nocase: true, windows: false });
}

/** The files that a glob means, whatever the case, in the form in which it was written: relative or absolute. */
export async function expandGlob(pattern: string, skipped: Skipped[]): Promise<string[]> {
  const [, root = '', rest = ''] = /^((?:[A-Za-z]:)?\/*)(.*)$/.exec(pattern) ?? [];
  const found = new Set<string>();
  for (const braced of bracesApart(rest)) {
    for (const path of await expand(root, braced.split('/').filter(Boolean), skipped)) {
      found.add(path);
    }
  }
  return [...found].sort(order.compare);
}

/** `{a,b/c}/*.jpg` as `a/*.jpg` and `b/c/*.jpg`: a slash within braces must not part them. */
function bracesApart(pattern: string): string[] {
  const braces = /\{([^{}]*\/[^{}]*)\}/.exec(pattern);
  if (!braces) return [pattern];
  const [whole, inner = ''] = braces;
  return inner.split(',').flatMap((each) => bracesApart(pattern.replace(whole, () => each)));
}

async function expand(
  base: string,
  [part, ...rest]: readonly string[],
  skipped: Skipped[],
): Promise<string[]> {
  if (part === undefined) return [];
  const literal = join(base, part);
  const kind = await stat(literal).catch(() => undefined);
  if (kind) {
    if (rest.length > 0) return kind.isDirectory() ? expand(literal, rest, skipped) : [];
    return kind.isDirectory() ? [] : [literal];
  }
  if (part === '**') {
    const folders = await foldersIn(base, skipped);
    const within = rest.length > 0 ? rest : ['*'];
    return (await Promise.all(folders.map((folder) => expand(folder, within, skipped)))).flat();
  }
  const isMatch = matcher(part);
  const matches = (await entriesOf(base, skipped)).filter(({ name }) => isMatch(name));
  if (rest.length === 0) return matches.filter(({ folder }) => !folder).map(({ path }) => path);
  const folders = matches.filter(({ folder }) => folder);
  return (await Promise.all(folders.map(({ path }) => expand(path, rest, skipped)))).flat();
}
