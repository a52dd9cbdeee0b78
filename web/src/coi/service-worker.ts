/**
 * dist/coi-sw.js: adds the isolation headers to the site's pages and workers, and to nothing else:
 * pictures, ranges, downloads and other origins never pass through here.
 *
 * Also for importScripts, as the last line of a site's own worker: what that answers gets the
 * headers too, and its life cycle is left alone.
 */

interface FetchEvent extends Event {
  readonly request: Request;
  respondWith(response: Response | Promise<Response>): void;
}
declare const FetchEvent: { prototype: FetchEvent };

const embedderPolicy =
  new URL(self.location.href).searchParams.get('coep') === 'credentialless'
    ? 'credentialless'
    : 'require-corp';

/** Pages and frames, and workers, which may only run with the policy of their page. */
function needsHeaders({ mode, destination }: Request): boolean {
  return mode === 'navigate' || destination === 'worker' || destination === 'sharedworker';
}

function withHeaders(response: Response): Response {
  // A redirect that the browser is to follow, or an error: there is nothing to add headers to.
  if (response.status === 0) return response;
  const headers = new Headers(response.headers);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', embedderPolicy);
  const { status, statusText, body } = response;
  return new Response(body, { status, statusText, headers });
}

const answered = new WeakSet<FetchEvent>();
const { respondWith } = FetchEvent.prototype;

FetchEvent.prototype.respondWith = function (this: FetchEvent, response) {
  answered.add(this);
  const isolated = needsHeaders(this.request)
    ? Promise.resolve(response).then(withHeaders)
    : response;
  respondWith.call(this, isolated);
};

self.addEventListener('fetch', (event) => {
  const { request } = event as FetchEvent;
  if (answered.has(event as FetchEvent) || !needsHeaders(request)) return;
  (event as FetchEvent).respondWith(fetch(request));
});
