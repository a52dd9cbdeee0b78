/** What a string or URL that a Node program hands over means. */
import { pathToFileURL } from 'node:url';

/** A path may hold a colon (`C:\…`, `12:30.jpg`), so only these schemes make a string an address. */
const ADDRESS = /^(?:https?|data|file|blob):/i;

/** Strings without one of those schemes are paths, relative to the working directory. */
export function toUrl(address: string | URL): URL {
  if (typeof address !== 'string') return new URL(address);
  return ADDRESS.test(address) ? new URL(address) : pathToFileURL(address);
}
