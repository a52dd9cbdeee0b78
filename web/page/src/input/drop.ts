import { signal } from '@preact/signals';
import { acceptFiles } from './accept.js';

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
    acceptFiles(event.dataTransfer?.files ?? [], { named: true });
  });
}
