import { downloadZip } from 'client-zip';
import { FAILED, groupOf, OTHER, UNSURE, WAITING } from '../groups.js';
import { type Entry, nameOf } from '../types.js';
import { AS_IT_IS, type Script } from './script.js';

/** Names of folders for photos without a category. */
const FOLDERS: Record<Script['language'], Record<string, string>> = {
  zh: { [OTHER]: '其他', [UNSURE]: '没把握', [WAITING]: '还没认', [FAILED]: '没认出来' },
  en: {
    [OTHER]: 'Other',
    [UNSURE]: 'Unsure',
    [WAITING]: 'Not named yet',
    [FAILED]: 'Not readable',
  },
};

/** Lists what could not be packed, at the top of the archive. */
export const MISSING_LIST: Record<Script['language'], string> = {
  zh: '缺少的照片.txt',
  en: 'Missing photos.txt',
};

/**
 * The originals, unchanged, sorted into 动物/猫/…, in English into animal/cat/… . They are read one after the
 * other as the archive is written; `open` gives null for one whose file is not at hand, and `onFile` hears of each.
 */
export function zipOf(
  entries: readonly Entry[],
  open: (key: string) => Promise<File | null>,
  onFile: (done: number) => void,
  signal: AbortSignal,
  script = AS_IT_IS,
): Response {
  return downloadZip(filesOf(entries, open, onFile, signal, script));
}

async function* filesOf(
  entries: readonly Entry[],
  open: (key: string) => Promise<File | null>,
  onFile: (done: number) => void,
  signal: AbortSignal,
  script: Script,
) {
  const taken = new Set<string>();
  const missing: string[] = [];
  let done = 0;
  for (const entry of entries) {
    signal.throwIfAborted();
    const input = await open(entry.key);
    if (input)
      yield { name: free(placeOf(entry, script), taken), input, lastModified: entry.modified };
    else missing.push(entry.path);
    onFile(++done);
  }
  if (missing.length > 0) {
    // Notepad wants the mark and both line ends.
    yield {
      name: script.text(MISSING_LIST[script.language]),
      input: `\uFEFF${missing.join('\r\n')}\r\n`,
      lastModified: new Date(),
    };
  }
}

/** Folder and name within the archive: 动物/猫/IMG_1.jpg, in the visitor's language. */
export function placeOf(entry: Entry, script = AS_IT_IS): string {
  const { language } = script;
  const file = entry.path.split('/').at(-1) ?? entry.path;
  const categories =
    nameOf(entry)?.categories.map(({ zh, en }) => (language === 'en' ? en : script.name(zh))) ?? [];
  const group = groupOf(entry);
  const plain = FOLDERS[language];
  const folders =
    categories[0] && group !== UNSURE
      ? categories
      : [script.text(plain[group] ?? plain[FAILED] ?? '')];
  return [...folders, file].map(safe).join('/');
}

/** Devices of Windows, whatever their ending. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

/** What a path is made of, and what Windows does not allow in a name, becomes a dash. */
function safe(part: string): string {
  return (
    part
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is not allowed
      .replace(/[\u0000-\u001f<>:"/\\|?*]/g, '-')
      .replace(/[. ]+$/, '-')
      .replace(DEVICE, '$1-') || '-'
  );
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
