/** A browser's worker's first words. */
import { type Alive, STARTED } from './protocol.js';

/**
 * Says that the script has run. A worker may end without a word (`close()`, or the browser for want of memory): then
 * nobody is told, but a lock that it held is free, which is how its page hears.
 */
export function sayStarted(): void {
  self.postMessage(STARTED);
  try {
    const alive = `shiwu worker ${crypto.randomUUID()}`;
    navigator.locks
      .request(alive, () => {
        self.postMessage({ alive } satisfies Alive);
        return new Promise(() => {});
      })
      .catch(() => {}); // refused: as in a sandboxed frame
  } catch {
    // There are none outside https and localhost.
  }
}
