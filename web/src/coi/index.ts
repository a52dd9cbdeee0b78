/**
 * Cross-origin isolation for hosts whose headers you cannot set (GitHub Pages and the like), by a
 * service worker that adds them: `SharedArrayBuffer`, and with it threads, become available.
 *
 * ```js
 * import { isolate } from 'shiwu/coi';
 * const { isolated, reason } = await isolate({ serviceWorker: '/coi-sw.js' });
 * ```
 *
 * Copy `shiwu/coi-sw.js` to the site's root for that. A site that has a service worker already adds
 * `importScripts('/coi-sw.js')` as its worker's last line instead, and names its own worker here.
 *
 * Know what isolation costs: pictures, scripts and frames of other origins must allow their use by
 * `Cross-Origin-Resource-Policy` or CORS, and sign-in windows of other origins lose their opener.
 * With `?coep=credentialless` after the worker's address, pictures and scripts of other origins need
 * not allow it, but come without cookies; Safari does not know that policy and stays unisolated.
 *
 * @packageDocumentation
 */

import { trustedScript } from '../platform/browser/trusted.js';

/** What {@link isolate} must be told. */
export interface IsolateOptions {
  /** Address of the service worker; its folder must contain the page. */
  readonly serviceWorker: string | URL;
}

/**
 * Why the page is not isolated. `insecure`: neither https nor localhost. `unsupported`: no service
 * workers here, or no page. `framed`: only the outermost page can ask. `no-storage`: without
 * sessionStorage a loop could not be ruled out, so there is no reload. `out-of-scope`: the worker's
 * folder does not contain the page. `other-worker`: the page has another service worker, which is
 * left alone. `worker-failed`: see `detail`. `ineffective`: the page was reloaded once, or came
 * through the worker, and is still not isolated; a forced reload (Shift) passes the worker by.
 * `not-reloaded`: the visitor refused the reload.
 */
export type NotIsolatedReason =
  | 'insecure'
  | 'unsupported'
  | 'framed'
  | 'no-storage'
  | 'out-of-scope'
  | 'other-worker'
  | 'worker-failed'
  | 'ineffective'
  | 'not-reloaded';

/** Whether the page is isolated, and if not, why. */
export type Isolation =
  | {
      /** Threads are available. */
      readonly isolated: true;
      /** Undefined: it is isolated. */
      readonly reason?: undefined;
      /** Undefined: it is isolated. */
      readonly detail?: undefined;
    }
  | {
      /** One thread only. */
      readonly isolated: false;
      /** Why not, for programs. */
      readonly reason: NotIsolatedReason;
      /** What exactly was found, for developers. */
      readonly detail: string;
    };

/** In sessionStorage from the reload until the page is isolated: no second reload meanwhile. */
const RELOADED = 'shiwu-coi-reloaded';
/** A reload that does not come within this time has been refused. */
const RELOAD_MS = 10_000;

/**
 * Isolates the page, by one reload at most. Does nothing where it is isolated already. Never rejects.
 * When it reloads the page the promise stays open until then, so await it before any work that is
 * not to be done twice.
 */
export async function isolate({ serviceWorker }: IsolateOptions): Promise<Isolation> {
  if (globalThis.crossOriginIsolated) {
    storage()?.removeItem(RELOADED);
    return { isolated: true };
  }
  const obstacle = findObstacle();
  if (obstacle) return no(obstacle);
  const guard = storage();
  if (!guard) return no('no-storage');
  try {
    const script = new URL(serviceWorker, document.baseURI);
    if (!location.href.startsWith(new URL('./', script).href)) return no('out-of-scope');
    const other = scriptOf(await navigator.serviceWorker.getRegistration());
    if (other && other.pathname !== script.pathname) return no('other-worker', other.href);
    // A name of its own, for Trusted Types: where a policy lists names, each may be made only once.
    const address = trustedScript(script.href, 'shiwu-coi');
    await activated(await navigator.serviceWorker.register(address));
  } catch (error) {
    return no('worker-failed', String(error));
  }
  // Either alone rules a loop out; a forced reload passes the worker by, and storage may forget.
  if (guard.getItem(RELOADED) !== null || cameThroughWorker()) return no('ineffective');
  guard.setItem(RELOADED, '1');
  location.reload();
  await new Promise((resolve) => setTimeout(resolve, RELOAD_MS));
  return no('not-reloaded');
}

/** Removes the page's service worker if it is this one; from the next load on nothing is isolated. Never rejects. */
export async function unregister({ serviceWorker }: IsolateOptions): Promise<boolean> {
  if (findObstacle()) return false;
  try {
    const registration = await navigator.serviceWorker.getRegistration();
    const script = new URL(serviceWorker, document.baseURI);
    if (scriptOf(registration)?.pathname !== script.pathname) return false;
    return (await registration?.unregister()) ?? false;
  } catch {
    return false; // no address, or no leave to look
  }
}

function findObstacle(): NotIsolatedReason | undefined {
  if (typeof document === 'undefined') return 'unsupported';
  if (!isSecureContext || !location.protocol.startsWith('http')) return 'insecure';
  if (!('serviceWorker' in navigator)) return 'unsupported';
  if (self !== top) return 'framed';
  return undefined;
}

/** sessionStorage, if it keeps what it is given: settings and private modes may deny it. */
function storage(): Storage | undefined {
  try {
    const probe = `${RELOADED}-probe`;
    sessionStorage.setItem(probe, '1');
    const kept = sessionStorage.getItem(probe) === '1';
    sessionStorage.removeItem(probe);
    return kept ? sessionStorage : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a service worker had a hand in this very page: another reload would change nothing. */
function cameThroughWorker(): boolean {
  const [navigation] = performance.getEntriesByType('navigation');
  return (navigation as PerformanceNavigationTiming | undefined)?.workerStart !== 0;
}

function scriptOf(registration: ServiceWorkerRegistration | undefined): URL | undefined {
  const worker = registration?.active ?? registration?.waiting ?? registration?.installing;
  return worker ? new URL(worker.scriptURL) : undefined;
}

/** Resolves once loads of the page go through the worker. */
function activated(registration: ServiceWorkerRegistration): Promise<void> {
  const worker = registration.active ?? registration.waiting ?? registration.installing;
  return new Promise((resolve, reject) => {
    const look = () => {
      if (worker?.state === 'activated') resolve();
      else if (!worker || worker.state === 'redundant') reject(new Error('it did not install'));
    };
    worker?.addEventListener('statechange', look);
    look();
  });
}

function no(reason: NotIsolatedReason, detail = ''): Isolation {
  return { isolated: false, reason, detail };
}
