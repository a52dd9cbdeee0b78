import type { Found } from '../state/inbox.js';

/** Files of an `<input>`: with `webkitdirectory` they know their folders. */
export function collectChosen(files: Iterable<File>): Found[] {
  return [...files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}

/** Whether a folder was let go, which must be opened first. */
export function holdsFolder(transfer: DataTransfer): boolean {
  return [...transfer.items].some((item) => item.webkitGetAsEntry()?.isDirectory);
}

/**
 * Everything that was let go over the page, folders opened. The items must be asked before the drop's
 * event ends, so that is done at once, and only what lies inside is waited for.
 */
export async function collectDropped(transfer: DataTransfer): Promise<Found[]> {
  const roots = [...transfer.items]
    .filter((item) => item.kind === 'file')
    .map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const found: Found[] = [];
  for (const { entry, file } of roots) {
    if (entry?.isDirectory) await walk(entry as FileSystemDirectoryEntry, found);
    else if (file) found.push({ file, path: file.name });
  }
  return found;
}

async function walk(folder: FileSystemDirectoryEntry, found: Found[]): Promise<void> {
  for (const entry of await childrenOf(folder)) {
    if (entry.isDirectory) await walk(entry as FileSystemDirectoryEntry, found);
    else {
      const file = await fileOf(entry as FileSystemFileEntry);
      if (file) found.push({ file, path: entry.fullPath.replace(/^\//, '') });
    }
  }
}

/** `readEntries` gives a hundred at most; it is asked until it has no more. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve) => {
      // A folder that may not be read is like an empty one.
      reader.readEntries(resolve, () => resolve([]));
    });
    if (some.length === 0) return all;
    all.push(...some);
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File | null> {
  return new Promise((resolve) => {
    entry.file(resolve, () => resolve(null));
  });
}
