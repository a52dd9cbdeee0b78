import { useEffect, useState } from 'preact/hooks';

/** What this page has fetched since it was opened, by the browser's own account. */
export interface Requests {
  readonly own: number;
  readonly foreign: number;
  /** Bytes received; what came out of a cache counts nothing. */
  readonly bytes: number;
}

function requestsSoFar(): Requests {
  const entries = [
    ...performance.getEntriesByType('navigation'),
    ...performance.getEntriesByType('resource'),
  ] as PerformanceResourceTiming[];
  const remote = entries.filter(({ name }) => /^(https?|wss?):/.test(name));
  const own = remote.filter(({ name }) => new URL(name).origin === location.origin);
  return {
    own: own.length,
    foreign: remote.length - own.length,
    bytes: remote.reduce((sum, { transferSize }) => sum + transferSize, 0),
  };
}

/** The account, kept up to date as long as it is in sight. */
export function useRequests(): Requests {
  const [requests, count] = useState(requestsSoFar);
  useEffect(() => {
    const observer = new PerformanceObserver(() => count(requestsSoFar()));
    observer.observe({ type: 'resource' });
    return () => observer.disconnect();
  }, []);
  return requests;
}

/** The rule in the page itself; null in a page that was not built for visitors. */
export function policyInForce(): string | null {
  const meta = document.querySelector<HTMLMetaElement>(
    'meta[http-equiv="Content-Security-Policy"]',
  );
  return meta?.content ?? null;
}
