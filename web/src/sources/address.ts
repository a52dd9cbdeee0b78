/** From an address to the bytes behind it. */
import { PATIENCE } from '../assets/download.js';
import { Patience } from '../assets/patience.js';
import { ShiwuError } from '../errors.js';
import { abortError } from '../host/abort.js';
import { absolute } from '../platform/browser/address.js';
import { readDataUrl } from './data-url.js';

/**
 * Fetches a picture from the page's side: `data:`, `blob:`, or HTTP from this origin or from another
 * that allows it by CORS. Rejects with `invalid-argument` (no address), `not-found`, `network`,
 * `unreadable-input` (not ours to read) or `aborted`.
 */
export async function fetchPicture(address: string | URL, signal?: AbortSignal): Promise<Blob> {
  const url = new URL(absolute(address));
  // Read here and not by fetch, which a policy of `connect-src 'self'` would not let have it.
  if (url.protocol === 'data:') return new Blob([readDataUrl(url.href)]);
  const patience = new Patience(PATIENCE, signal);
  try {
    const response = await fetch(url, { signal: patience.signal });
    if (!response.ok) {
      const missing = response.status === 404 || response.status === 410;
      throw new ShiwuError(missing ? 'not-found' : 'network', `${response.status}: ${url.href}`);
    }
    return await read(response, patience);
  } catch (cause) {
    if (cause instanceof ShiwuError) throw cause;
    if (signal?.aborted) throw abortError(signal);
    if (patience.spent) {
      const silence = `${url.href}: no byte for ${PATIENCE / 1000} s`;
      throw new ShiwuError('network', silence, { cause });
    }
    throw await refusal(url, cause);
  } finally {
    patience.end();
  }
}

async function read(response: Response, patience: Patience): Promise<Blob> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for (const reader = response.body?.getReader(); reader; ) {
    patience.heard();
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
  }
  return new Blob(chunks, { type: response.headers.get('content-type') ?? '' });
}

/** fetch says the same of a missing network and of a server that does not allow us: tell them apart. */
async function refusal(url: URL, cause: unknown): Promise<ShiwuError> {
  if (url.protocol === 'blob:') {
    const reason = 'revoked, of another origin, or kept out by the policy (connect-src blob:)';
    return new ShiwuError('unreadable-input', `${url.href}: ${reason}`, { cause });
  }
  if (url.origin !== globalThis.location?.origin && (await answers(url))) {
    const reason =
      'CORS: the other origin must send Access-Control-Allow-Origin for this page to read it';
    return new ShiwuError('unreadable-input', `${url.href}: ${reason}`, { cause });
  }
  return new ShiwuError('network', url.href, { cause });
}

/** Whether a server is there at all, be its answer ours to read or not. */
async function answers(url: URL): Promise<boolean> {
  const patience = new Patience(PATIENCE);
  try {
    const { signal } = patience;
    await fetch(url, { method: 'HEAD', mode: 'no-cors', credentials: 'omit', signal });
    return true;
  } catch {
    return false;
  } finally {
    patience.end();
  }
}
