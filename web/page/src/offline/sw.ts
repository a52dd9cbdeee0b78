/// <reference lib="webworker" />
import { setCacheNameDetails } from 'workbox-core';
import { cleanupOutdatedCaches, PrecacheController, PrecacheRoute } from 'workbox-precaching';
import { registerRoute } from 'workbox-routing';
import { SHARED, SHARED_CACHE } from './names.js';

/**
 * The page in flight mode: its own files are kept here. The model, the runtimes and the table
 * of words are not, for the library keeps those itself, by their hashes.
 */
declare const self: ServiceWorkerGlobalScope & {
  readonly __WB_MANIFEST: Parameters<PrecacheController['precache']>[0];
};

setCacheNameDetails({ prefix: 'shiwu' });
cleanupOutdatedCaches();
const kept: PrecacheController = new PrecacheController({
  plugins: [
    {
      // A file that is not what was kept counts as none: Workbox then fetches it, held to the same hash.
      cachedResponseWillBeUsed: async ({ cachedResponse, request }) =>
        cachedResponse &&
        (await hashOf(cachedResponse)) === kept.getIntegrityForCacheKey(request.url)
          ? cachedResponse
          : null,
    },
  ],
});
kept.precache(self.__WB_MANIFEST);
registerRoute(new PrecacheRoute(kept, { ignoreURLParametersMatching: [/^shared$/] }));

/** In the words of Subresource Integrity. */
async function hashOf(response: Response): Promise<string> {
  const bytes = await response.clone().arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return `sha256-${btoa(String.fromCharCode(...digest))}`;
}

// A new version waits until the visitor says so: no page changes under their hands.
self.addEventListener('message', ({ data }) => {
  if (data === 'skip-waiting') void self.skipWaiting();
});

// What another app shares arrives as a form, which only a service worker can take without a server.
self.addEventListener('fetch', (event) => {
  const { method, url } = event.request;
  if (
    method === 'POST' &&
    new URL(url).pathname === new URL('share', self.registration.scope).pathname
  ) {
    event.respondWith(takeShared(event.request));
  }
});

async function takeShared(request: Request): Promise<Response> {
  const form = await request.formData();
  const cache = await caches.open(SHARED_CACHE);
  const files = form.getAll('photos').filter((value) => value instanceof File);
  const lot = crypto.randomUUID(); // an earlier one may not have been taken yet
  await Promise.all(
    files.map((file, i) => {
      const headers = { 'content-type': file.type, 'x-name': encodeURIComponent(file.name) };
      return cache.put(`./${SHARED}/${lot}/${i}`, new Response(file, { headers }));
    }),
  );
  return Response.redirect(`./?${SHARED}`, 303);
}
