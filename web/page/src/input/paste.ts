import { acceptFiles } from './accept.js';
import { acceptAddresses, isAddress } from './address.js';
import { picturesOf } from './html-pictures.js';

/** Takes pictures from the clipboard, or the addresses of some; other text is left alone. */
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
    if (isField(event.target)) return;
    const text = event.clipboardData?.getData('text/plain') ?? '';
    // Mail and word processors hand over a picture inside of their HTML, its bytes in its address.
    const html = event.clipboardData?.getData('text/html') ?? '';
    const addresses = isAddress(text) ? [text] : picturesOf(html).filter(isAddress);
    if (addresses.length > 0) {
      event.preventDefault();
      void acceptAddresses(addresses);
    }
  });
}

function isField(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea') !== null;
}
