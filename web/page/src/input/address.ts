import { words } from '../photo/words.js';
import { photoFromFile, photoFromUrl } from '../state/photo.js';
import { goTo } from '../state/place.js';
import { examine, notice } from '../state/specimen.js';

/** Whether a text is the address of something that could be a picture. */
export function isAddress(text: string): boolean {
  return /^(https?:\/\/\S+|data:image\/\S+)$/i.test(text.trim()) && URL.canParse(text.trim());
}

/**
 * Takes a picture by its address: of this site, or one that carries its own bytes. The page's policy
 * lets it ask no other site, and that is the promise; so it says what to do instead.
 */
export function acceptAddress(text: string): void {
  const address = text.trim();
  if (/^data:/i.test(address)) {
    acceptData(address);
    return;
  }
  const url = new URL(address);
  if (url.origin !== location.origin) {
    notice.value = words.value.otherSite;
    return;
  }
  goTo('photo');
  examine(photoFromUrl(url.href, url.pathname.split('/').at(-1) || null, false));
}

/** Not fetched: the policy counts even that as talking to another site. */
function acceptData(address: string): void {
  const [, type = '', base64, data = ''] =
    /^data:([^;,]*)[^,]*?(;base64)?,(.*)$/is.exec(address) ?? [];
  try {
    const text = decodeURIComponent(data);
    const bytes = base64
      ? Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
      : new TextEncoder().encode(text);
    goTo('photo');
    examine(photoFromFile(new File([bytes], '', { type }), false));
  } catch {
    notice.value = words.value.notAnAddress;
  }
}
