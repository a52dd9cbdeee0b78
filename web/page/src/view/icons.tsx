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
