/** Longer than this, and the page would miss a frame. */
const SLICE_MS = 12;

/** Lets the page breathe whenever a slice of time is used up: await it between steps of long work. */
export function pacer(): () => Promise<void> | undefined {
  let until = performance.now() + SLICE_MS;
  return () => {
    if (performance.now() < until) return undefined;
    return new Promise((resolve) => {
      setTimeout(() => {
        until = performance.now() + SLICE_MS;
        resolve();
      });
    });
  };
}
