import { signal } from '@preact/signals';
import { acceptFiles, acceptForAlbum } from './accept.js';
import { collectDropped, holdsFolder } from './collect.js';

/** True while a file is held over the page. */
export const hovering = signal(false);

const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;

/** Makes the whole page a place to drop a photo. */
export function listenForDrops(target: Window): void {
  target.addEventListener('dragenter', (event) => {
    if (carriesFiles(event)) hovering.value = true;
  });
  target.addEventListener('dragover', (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
    hovering.value = true;
  });
  target.addEventListener('dragleave', (event) => {
    // Without a related target the pointer has left the window.
    if (event.relatedTarget === null) hovering.value = false;
  });
  target.addEventListener('drop', (event) => {
    hovering.value = false;
    if (!carriesFiles(event)) return;
    event.preventDefault();
    const transfer = event.dataTransfer;
    if (transfer && holdsFolder(transfer)) void collectDropped(transfer).then(acceptForAlbum);
    else acceptFiles(transfer?.files ?? [], { named: true });
  });
}
