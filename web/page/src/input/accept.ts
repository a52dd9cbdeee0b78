import { copy } from '../copy/index.js';
import { photoFromFile } from '../state/photo.js';
import { examine, notice } from '../state/specimen.js';

/**
 * Takes the first picture of what was handed over. A file that only claims to
 * be something else is tried too: the bytes decide, not the name.
 */
export function acceptFiles(files: Iterable<File>, options: { named: boolean }): void {
  const all = [...files];
  const file = all.find((one) => one.type.startsWith('image/')) ?? all[0];
  if (!file) {
    notice.value = copy.value.noPhoto;
    return;
  }
  examine(photoFromFile(file, options.named));
  if (all.length > 1) notice.value = copy.value.onlyFirst(all.length);
}
