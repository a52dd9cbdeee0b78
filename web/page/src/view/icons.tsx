import type { Place } from '../state/place.js';

/** The page's mark: a viewfinder around the thing. */
export function Viewfinder({ class: name }: { class: string }) {
  return (
    <svg class={name} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" class="seal-ground" />
      <path class="seal-line" d="M7 12V7h5M20 7h5v5M25 20v5h-5M12 25H7v-5" />
      <circle class="seal-dot" cx="16" cy="16" r="4" />
    </svg>
  );
}

/** A closed lock: nothing gets out. */
export function Lock({ class: name }: { class: string }) {
  return (
    <svg class={name} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d="M4.5 9h11v8h-11zM7 9V6a3 3 0 0 1 6 0v3M10 12.2v1.8" />
    </svg>
  );
}

const PLACE_PATHS: Record<Place, string> = {
  photo: 'M3 4.5h14v11H3zM3 13l4-4 3.5 3.5L13 10l4 3.5M13 7.2h.01',
  album: 'M3 3h5.5v5.5H3zM11.5 3H17v5.5h-5.5zM3 11.5h5.5V17H3zM11.5 11.5H17V17h-5.5z',
  camera: 'M2.5 6h3.2L7 4h6l1.3 2h3.2v10h-15zM10 8a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
  history: 'M3.2 10a6.8 6.8 0 1 0 2.2-5L3 7M3 3.5V7h3.5M10 6.2V10l2.8 1.8',
  settings: 'M3 6h8M15 6h2M13 4v4M3 14h2M9 14h8M7 12v4',
};

/** The camera of the tabs, on a button. */
export function Shutter({ class: name }: { class: string }) {
  return (
    <svg class={name} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PLACE_PATHS.camera} />
    </svg>
  );
}

export function PlaceIcon({ of }: { of: Place }) {
  return (
    <svg class="place-icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PLACE_PATHS[of]} />
    </svg>
  );
}
