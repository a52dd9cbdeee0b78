/** Addresses as browsers' pages and workers give them. */
import { ShiwuError } from '../../errors.js';
import { shorten } from '../../sources/data-url.js';

/** What relative addresses start from: the page's base, in a worker the worker's script. */
export function baseAddress(): string | undefined {
  return globalThis.document?.baseURI ?? globalThis.location?.href;
}

/** Absolute form; throws `invalid-argument`. */
export function absolute(address: string | URL): string {
  try {
    return new URL(address, baseAddress()).href;
  } catch (cause) {
    const base = baseAddress();
    const hint = base?.startsWith('blob:')
      ? '; in a worker from a blob: address, write it whole'
      : '';
    throw new ShiwuError('invalid-argument', `not an address: ${shorten(String(address))}${hint}`, {
      cause,
    });
  }
}
