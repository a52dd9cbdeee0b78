import { acceptFiles } from '../input/accept.js';
import { SHARED, SHARED_CACHE } from './names.js';

/** Takes what another app has shared; the address then is the page's own again. */
export async function acceptShared(): Promise<void> {
  const address = new URL(location.href);
  if (!address.searchParams.has(SHARED)) return;
  address.searchParams.delete(SHARED);
  history.replaceState(null, '', address);
  const cache = await caches.open(SHARED_CACHE);
  const requests = await cache.keys();
  const files = await Promise.all(
    requests.map(async (request) => {
      const response = await cache.match(request);
      const blob = await response?.blob();
      const name = decodeURIComponent(response?.headers.get('x-name') ?? '');
      return blob && new File([blob], name, { type: blob.type });
    }),
  );
  // No more than these: others may be arriving.
  await Promise.all(requests.map((request) => cache.delete(request)));
  acceptFiles(
    files.filter((file) => file !== undefined),
    { named: true },
  );
}
