import { signal } from '@preact/signals';

/** Chromium's offer to install the page; not among TypeScript's events. */
interface InstallEvent extends Event {
  prompt(): Promise<unknown>;
}

/** Set while the browser would install the page. */
export const offer = signal<InstallEvent | null>(null);

export function listenForOffer(target: Window): void {
  target.addEventListener('beforeinstallprompt', (event) => {
    // Not at a time of the browser's choosing: the button stands at the foot of the page.
    event.preventDefault();
    offer.value = event as InstallEvent;
  });
  target.addEventListener('appinstalled', () => {
    offer.value = null;
  });
}

export async function install(): Promise<void> {
  const event = offer.value;
  offer.value = null;
  await event?.prompt();
}
