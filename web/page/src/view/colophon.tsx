import { copy } from '../copy/index.js';
import { install, offer } from '../offline/install.js';
import { place } from '../state/place.js';
import { specimen } from '../state/specimen.js';
import { TrustLine } from './trust-line.js';

/** The foot of the page: the promise, once the label no longer shows it, and the credits. */
export function Colophon() {
  const words = copy.value;
  return (
    <footer class="colophon">
      {(specimen.value.kind !== 'empty' || place.value !== 'photo') && (
        <div data-testid="trust">
          <TrustLine />
        </div>
      )}
      {offer.value && (
        <button type="button" class="button-text" data-testid="install" onClick={install}>
          {words.install}
        </button>
      )}
      {place.value === 'photo' && <p class="colophon-credits">{words.credits}</p>}
    </footer>
  );
}
