/** Callbacks of the caller's, whose mistakes are not the library's. */

/**
 * Calls `callback` where there is one. What it throws, or rejects with, is reported as an event listener's
 * would be, once, and whoever calls goes on.
 */
export function told<T>(callback: ((news: T) => unknown) | undefined): (news: T) => void {
  let reported = false;
  const report = (error: unknown) => {
    if (reported) return;
    reported = true;
    // Node has no such function.
    if (typeof reportError === 'function') reportError(error);
    else console.error(error);
  };
  return (news) => {
    try {
      Promise.resolve(callback?.(news)).catch(report);
    } catch (error) {
      report(error);
    }
  };
}
