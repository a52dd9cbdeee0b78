import { signal } from '@preact/signals';
import { acceptFiles, acceptFolder } from './accept.js';
import { acceptAddresses, isAddress, isOurs } from './address.js';
import { collectDropped, holdsFolder } from './collect.js';
import { picturesOf } from './html-pictures.js';
import { addressesOf } from './uri-list.js';

/** True while a file is held over the page. */
export const hovering = signal(false);

/** Files, or a picture or link from another page, of which only the address comes along. */
const TYPES = ['Files', 'text/uri-list'];

const carriesPicture = (event: DragEvent) =>
  TYPES.some((type) => event.dataTransfer?.types.includes(type));

/** Of the pictures or links that were dragged. A picture's own bytes, in the HTML, go before a link that is not ours. */
function addressesIn(transfer: DataTransfer): string[] {
  const listed = addressesOf(transfer.getData('text/uri-list')).filter(isAddress);
  if (listed.some(isOurs)) return listed;
  const inside = picturesOf(transfer.getData('text/html')).filter(isOurs);
  return inside.length > 0 ? inside : listed;
}

/** Makes the whole page a place to drop a photo. */
export function listenForDrops(target: Window): void {
  target.addEventListener('dragenter', (event) => {
    if (carriesPicture(event)) hovering.value = true;
  });
  target.addEventListener('dragover', (event) => {
    if (!carriesPicture(event)) return;
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
    if (!carriesPicture(event)) return;
    event.preventDefault();
    const transfer = event.dataTransfer;
    if (!transfer) return;
    if (holdsFolder(transfer)) {
      void collectDropped(transfer).then(acceptFolder);
      return;
    }
    const addresses = transfer.files.length === 0 ? addressesIn(transfer) : [];
    if (addresses.length > 0) void acceptAddresses(addresses);
    else acceptFiles(transfer.files, { named: true });
  });
}
