import { acceptFiles } from './accept.js';

/** Takes a picture from the clipboard; pasted text is left alone. */
export function listenForPastes(target: Window): void {
  target.addEventListener('paste', (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    // The clipboard calls every picture "image.png"; such a name says nothing.
    const named = files[0]?.name !== 'image.png';
    acceptFiles(files, { named });
  });
}
