import { copy } from '../copy/index.js';
import { hovering } from '../input/drop.js';

/** Covers the page while a photo is held over it. */
export function DropVeil() {
  return (
    <div class="veil" data-testid="drop-veil" data-open={hovering.value} aria-hidden="true">
      <div class="veil-frame">
        <span class="corners" />
        <p class="veil-text">{copy.value.veil}</p>
        <p class="veil-more">{copy.value.veilMore}</p>
      </div>
    </div>
  );
}
