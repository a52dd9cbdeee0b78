import { signal } from '@preact/signals';

/** The rooms of the page, in the order of their tabs. */
export const PLACES = ['photo', 'album', 'camera', 'history', 'settings'] as const;

export type Place = (typeof PLACES)[number];

/** The room one is in; it stands in the address, so that going back works. */
export const place = signal<Place>(fromAddress());

export function goTo(next: Place): void {
  if (place.value === next) return;
  history.pushState(null, '', addressOf(next));
  place.value = next;
}

/** The photo's room has no name in the address: it is the page itself. */
export function addressOf(next: Place): string {
  return next === 'photo' ? location.pathname + location.search : `#${next}`;
}

export function followAddress(target: Window): void {
  target.addEventListener('popstate', () => {
    place.value = fromAddress();
  });
}

function fromAddress(): Place {
  const name = location.hash.slice(1);
  return PLACES.find((one) => one === name) ?? 'photo';
}
