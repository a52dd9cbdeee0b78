/** What a `data:` URL holds, without fetch: a page's policy, or Jest's jsdom, may have none. */
import { ShiwuError } from '../errors.js';

/** `data:[type][;base64],content`, by the URL standard's rules. Throws `unreadable-input`. */
export function readDataUrl(href: string): Uint8Array<ArrayBuffer> {
  const comma = href.indexOf(',');
  try {
    if (comma < 0) throw new SyntaxError('no comma');
    const head = href.slice('data:'.length, comma);
    const hash = href.indexOf('#', comma);
    const body = unescapePercent(href.slice(comma + 1, hash < 0 ? undefined : hash));
    const isBase64 = /;\s*base64\s*$/i.test(head);
    return isBase64 ? unescapeBase64(body) : body;
  } catch (cause) {
    throw new ShiwuError('unreadable-input', `broken data: URL ${shorten(href)}`, { cause });
  }
}

/** For messages: a data: URL may be as long as a file. */
export function shorten(address: string): string {
  return address.length > 80 ? `${address.slice(0, 80)}…` : address;
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
