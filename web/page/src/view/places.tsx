import { copy } from '../copy/index.js';
import { addressOf, goTo, PLACES, type Place, place } from '../state/place.js';
import { PlaceIcon } from './icons.js';

/** The way between the rooms: links, so that they open in tabs of their own too. */
export function Places() {
  return (
    <nav class="places" aria-label={copy.value.places}>
      <ul>
        {PLACES.map((one) => (
          <li key={one}>
            <PlaceLink to={one} />
          </li>
        ))}
      </ul>
    </nav>
  );
}

function PlaceLink({ to }: { to: Place }) {
  return (
    <a
      class="place"
      href={addressOf(to)}
      aria-current={place.value === to ? 'page' : undefined}
      data-testid={`place-${to}`}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        goTo(to);
      }}
    >
      <PlaceIcon of={to} />
      <span>{copy.value.place[to]}</span>
    </a>
  );
}
