import { effect } from '@preact/signals';
import { open } from '../view-state.js';

/**
 * An open photo is an entry of the browser's history: going back closes it before it leaves the album, and going
 * forward, or a reload, opens it again. Returns what ends this.
 */
export function keepInHistory(target: Window): () => void {
  /** Whether the entry of a photo that was closed is being left. */
  let leaving = false;
  const write = () => {
    const key = open.value;
    const there = photoIn(target.history.state);
    if (leaving || key === there) return;
    if (key === null) {
      leaving = true;
      target.history.back();
    } else if (there === null) {
      target.history.pushState({ photo: key }, '');
    } else {
      target.history.replaceState({ photo: key }, '');
    }
  };
  const onPop = (event: PopStateEvent) => {
    if (leaving) {
      leaving = false;
      // Another may have been opened meanwhile.
      write();
    } else {
      open.value = photoIn(event.state);
    }
  };
  open.value = photoIn(target.history.state);
  target.addEventListener('popstate', onPop);
  const stop = effect(write);
  return () => {
    stop();
    target.removeEventListener('popstate', onPop);
    open.value = null;
  };
}

function photoIn(state: unknown): string | null {
  const photo = (state as { photo?: unknown } | null)?.photo;
  return typeof photo === 'string' ? photo : null;
}
