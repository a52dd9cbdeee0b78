import { words } from '../photo/words.js';
import { siteBlob } from '../state/code.js';
import { photoFromFile, photoFromUrl } from '../state/photo.js';
import { goTo } from '../state/place.js';
import { examine, notice } from '../state/specimen.js';
import { acceptFiles } from './accept.js';

/** Whether a text is the address of something that could be a picture. */
export function isAddress(text: string): boolean {
  return /^(https?:\/\/\S+|data:image\/.+)$/i.test(text.trim()) && parse(text) !== null;
}

/** Whether the page may have what is there: of this site, or an address that carries its own bytes. */
export function isOurs(text: string): boolean {
  const url = parse(text);
  return url !== null && (url.protocol === 'data:' || url.origin === location.origin);
}

/**
 * Takes pictures by their addresses: one is laid on the table, several go to the album. The page's policy
 * lets it ask no other site, and that is the promise; so it says what to do instead.
 */
export async function acceptAddresses(texts: readonly string[]): Promise<void> {
  const addresses = [...new Set(texts.filter(isAddress).map((text) => text.trim()))];
  const ours = addresses.filter(isOurs);
  const [first] = ours;
  if (first === undefined) {
    notice.value = addresses.length > 0 ? words.value.otherSite : words.value.notAnAddress;
  } else {
    await (ours.length === 1 ? acceptOne(first) : acceptSeveral(ours));
    if (ours.length < addresses.length) notice.value = words.value.otherSite;
  }
}

function acceptOne(address: string): void {
  const url = parse(address) as URL;
  if (url.protocol !== 'data:') {
    goTo('photo');
    examine(photoFromUrl(url.href, nameOf(url) || null, false));
    return;
  }
  const file = fileOfData(url);
  if (!file) {
    notice.value = words.value.notAnAddress;
    return;
  }
  goTo('photo');
  examine(photoFromFile(file, false));
}

async function acceptSeveral(addresses: readonly string[]): Promise<void> {
  const files = await Promise.all(addresses.map(fileAt));
  const found = files.filter((file) => file !== null);
  if (found.length === 0) notice.value = words.value.notAnAddress;
  else acceptFiles(found, { named: true });
}

/** null where there is none, or not to be had. */
async function fileAt(address: string, index: number): Promise<File | null> {
  const url = parse(address) as URL;
  if (url.protocol === 'data:') return fileOfData(url, `${index + 1}`);
  try {
    const blob = await siteBlob(url);
    return new File([blob], nameOf(url), { type: blob.type });
  } catch {
    return null;
  }
}

/** Not fetched: the policy counts even that as talking to another site. */
function fileOfData({ href, hash }: URL, name = ''): File | null {
  const [, type = '', base64, data = ''] =
    /^data:([^;,]*)[^,]*?(;\s*base64\s*)?,(.*)$/is.exec(href.slice(0, href.length - hash.length)) ??
    [];
  const hex = /%([0-9a-f]{2})/gi;
  const text = data.replace(hex, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  try {
    const bytes = Uint8Array.from(base64 ? atob(text) : text, (char) => char.charCodeAt(0));
    return bytes.length > 0 ? new File([bytes], name, { type }) : null;
  } catch {
    return null; // no base64
  }
}

function nameOf(url: URL): string {
  return url.pathname.split('/').at(-1) ?? '';
}

function parse(text: string): URL | null {
  try {
    return new URL(text.trim());
  } catch {
    return null;
  }
}
