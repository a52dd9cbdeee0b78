import { downloadZip } from 'client-zip';
import { groupOf, OTHER, UNSURE, WAITING } from '../groups.js';
import { type Entry, nameOf } from '../types.js';

/** Names of folders for photos without a category. */
const FOLDERS: Record<string, string> = {
  [OTHER]: '其他',
  [UNSURE]: '没把握',
  [WAITING]: '还没认',
};
const NOT_NAMED = '没认出来';

/** Lists what could not be packed, at the top of the archive. */
export const MISSING_LIST = '缺少的照片.txt';

/**
 * The originals, unchanged, sorted into 动物/猫/… . They are read one after the other as the archive is
 * written; `open` gives null for one whose file is not at hand, and `onFile` hears of each.
 */
export function zipOf(
  entries: readonly Entry[],
  open: (key: string) => Promise<File | null>,
  onFile: (done: number) => void,
  signal: AbortSignal,
): Response {
  return downloadZip(filesOf(entries, open, onFile, signal));
}

async function* filesOf(
  entries: readonly Entry[],
  open: (key: string) => Promise<File | null>,
  onFile: (done: number) => void,
  signal: AbortSignal,
) {
  const taken = new Set<string>();
  const missing: string[] = [];
  let done = 0;
  for (const entry of entries) {
    signal.throwIfAborted();
    const input = await open(entry.key);
    if (input) yield { name: free(placeOf(entry), taken), input, lastModified: entry.modified };
    else missing.push(entry.path);
    onFile(++done);
  }
  if (missing.length > 0) {
    // Notepad wants the mark and both line ends.
    yield {
      name: MISSING_LIST,
      input: `\uFEFF${missing.join('\r\n')}\r\n`,
      lastModified: new Date(),
    };
  }
}

/** Folder and name within the archive: 动物/猫/IMG_1.jpg. */
export function placeOf(entry: Entry): string {
  const file = entry.path.split('/').at(-1) ?? entry.path;
  const categories = nameOf(entry)?.categories.map(({ zh }) => zh) ?? [];
  const group = groupOf(entry);
  const folders = categories[0] && group !== UNSURE ? categories : [FOLDERS[group] ?? NOT_NAMED];
  return [...folders, file].map(safe).join('/');
}

/** What Windows does not allow in a name becomes a dash. */
function safe(part: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is not allowed
  return part.replace(/[\u0000-\u001f<>:"\\|?*]/g, '-').replace(/[. ]+$/, '-') || '-';
}

/** IMG_1.jpg, IMG_1 (2).jpg, …: no photo hides another. */
function free(wanted: string, taken: Set<string>): string {
  const dot = wanted.lastIndexOf('.');
  const [stem, extension] =
    dot > wanted.lastIndexOf('/') ? [wanted.slice(0, dot), wanted.slice(dot)] : [wanted, ''];
  let name = wanted;
  for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${stem} (${n})${extension}`;
  taken.add(name.toLowerCase());
  return name;
}
