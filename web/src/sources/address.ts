/** From an address to the bytes behind it. */
import { ShiwuError } from '../errors.js';
import { abortError } from '../host/abort.js';
import { absolute, shorten } from '../platform/browser/address.js';

/**
 * Fetches a picture from the page's side: `data:`, `blob:`, or HTTP from this origin or from another
 * that allows it by CORS. Rejects with `invalid-argument` (no address), `not-found`, `network`,
 * `unreadable-input` (not ours to read) or `aborted`.
 */
export async function fetchPicture(address: string | URL, signal?: AbortSignal): Promise<Blob> {
  const url = new URL(absolute(address));
  // Read here and not by fetch, which a policy of `connect-src 'self'` would not let have it.
  if (url.protocol === 'data:') return readDataUrl(url.href);
  try {
    const response = await fetch(url, { signal: signal ?? null });
    if (!response.ok) {
      const missing = response.status === 404 || response.status === 410;
      throw new ShiwuError(missing ? 'not-found' : 'network', `${response.status}: ${url.href}`);
    }
    return await response.blob();
  } catch (cause) {
    if (cause instanceof ShiwuError) throw cause;
    if (signal?.aborted) throw abortError(signal);
    throw await refusal(url, cause);
  }
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
  try {
    await fetch(url, { method: 'HEAD', mode: 'no-cors', credentials: 'omit' });
    return true;
  } catch {
    return false;
  }
}

/** `data:[type][;base64],content`, by the URL standard's rules. */
function readDataUrl(href: string): Blob {
  const comma = href.indexOf(',');
  try {
    if (comma < 0) throw new SyntaxError('no comma');
    const head = href.slice('data:'.length, comma);
    const hash = href.indexOf('#', comma);
    const body = unescapePercent(href.slice(comma + 1, hash < 0 ? undefined : hash));
    const isBase64 = /;\s*base64\s*$/i.test(head);
    return new Blob([isBase64 ? unescapeBase64(body) : body]);
  } catch (cause) {
    throw new ShiwuError('unreadable-input', `broken data: URL ${shorten(href)}`, { cause });
  }
}

function unescapePercent(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const hex = text[i] === '%' ? text.slice(i + 1, i + 3) : '';
    const isEscape = /^[0-9a-f]{2}$/i.test(hex);
    bytes[length++] = isEscape ? Number.parseInt(hex, 16) : text.charCodeAt(i);
    if (isEscape) i += 2;
  }
  return bytes.slice(0, length);
}

function unescapeBase64(ascii: Uint8Array): Uint8Array<ArrayBuffer> {
  const binary = atob(new TextDecoder('latin1').decode(ascii));
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
