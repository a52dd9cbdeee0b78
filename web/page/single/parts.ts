import { bytesOf } from './text-coding.js';

/**
 * What is packed into shiwu.html: gzip files as text, each in a <script> of a type that browsers do not
 * run. Unpacked, each has a blob: address, the only kind that a page from a disk can fetch or start a
 * worker from.
 */

const addresses = new Map<string, string>();
let unpacking: Promise<void> | undefined;

/** Must have resolved before `addressOf` is asked. */
export function unpackParts(): Promise<void> {
  unpacking ??= unpackAll();
  return unpacking;
}

/** In the place of `new URL('./name', import.meta.url)`. */
export function addressOf(name: string): URL {
  // What is not inside, or was cut off with the file's end, is empty: the library says so when it needs it.
  return new URL(addresses.get(name) ?? 'data:,');
}

async function unpackAll(): Promise<void> {
  await wholeFile();
  for (const element of document.querySelectorAll<HTMLScriptElement>('script[data-part]')) {
    await nextTask(); // a large part takes some 10 ms
    const bytes = bytesOf(element.text);
    const name = element.dataset.part ?? '';
    element.remove(); // the text is larger than what was in it
    // The library unpacks its own files, and checks them; a worker's script must be plain.
    const blob = name.endsWith('.js') ? await plainScript(bytes) : new Blob([bytes]);
    addresses.set(name, URL.createObjectURL(blob));
  }
}

async function plainScript(packed: BlobPart): Promise<Blob> {
  const plain = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Blob([await new Response(plain).arrayBuffer()], { type: 'text/javascript' });
}

/** The page is drawn before the browser has read the parts, which come last. */
function wholeFile(): Promise<void> {
  if (document.readyState !== 'loading') return Promise.resolve();
  return new Promise((resolve) => {
    document.addEventListener('DOMContentLoaded', () => resolve(), { once: true });
  });
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
