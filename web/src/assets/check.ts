/** Are these the published bytes? */
import { ShiwuError } from '../errors.js';
import type { Asset } from './locate.js';
import { isPacked, unpack } from './unpack.js';

/** Hex SHA-256; undefined where the browser has none, as outside https and localhost. */
export async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string | undefined> {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle) return undefined;
  let digest: Uint8Array;
  try {
    digest = new Uint8Array(await subtle.digest('SHA-256', bytes));
  } catch {
    return undefined;
  }
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What a file must measure, as it arrived: packed, or unpacked by the host on the way. */
export function expected(asset: Asset, bytes: Uint8Array) {
  return isPacked(bytes) ? asset : asset.plain;
}

/**
 * Unpacks a downloaded file. Rejects with `truncated-download` (too short), `tampered-download`
 * (not the published bytes) or `not-found` (a web page).
 */
export async function open(
  asset: Asset,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  // Hosts of single-page apps answer any address with their page, and status 200.
  if (bytes[0] === '<'.charCodeAt(0)) {
    throw new ShiwuError('not-found', `${asset.name}: a web page came instead`);
  }
  if (asset.sha256 === undefined) return unpack(bytes, asset.name);
  const { bytes: size, sha256 } = expected(asset, bytes) ?? asset;
  if (bytes.length < size) {
    throw new ShiwuError('truncated-download', `${asset.name}: ${bytes.length} of ${size} bytes`);
  }
  const hashed = sha256Of(bytes); // on another thread, meanwhile
  const unpacked = unpack(bytes, asset.name);
  unpacked.catch(() => {}); // what the hash says goes before
  // Without a hash function, the size has to do.
  const actual = (await hashed) ?? (bytes.length === size ? sha256 : 'unknown');
  if (actual !== sha256) {
    throw new ShiwuError('tampered-download', `${asset.name}: SHA-256 ${actual}`);
  }
  return unpacked;
}
