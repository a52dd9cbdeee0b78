import { acceptFiles } from './accept.js';
import { acceptAddress, isAddress } from './address.js';

/** Takes a picture from the clipboard, or the address of one; other text is left alone. */
export function listenForPastes(target: Window): void {
  target.addEventListener('paste', (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length > 0) {
      event.preventDefault();
      // The clipboard calls every picture "image.png"; such a name says nothing.
      const named = files[0]?.name !== 'image.png';
      acceptFiles(files, { named });
      return;
    }
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (isAddress(text) && !isField(event.target)) {
      event.preventDefault();
      acceptAddress(text);
    }
  });
}

function isField(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea') !== null;
}
