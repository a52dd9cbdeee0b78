/**
 * What is packed into shiwu.html: gzip files as base64, each in a <script> of a type that browsers do
 * not run. Unpacked, each has a blob: address, the only kind that a page from a disk can fetch or start
 * a worker from.
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
  const parts = document.querySelectorAll<HTMLScriptElement>('script[data-part]');
  await Promise.all([...parts].map(unpack));
}

async function unpack(element: HTMLScriptElement): Promise<void> {
  const name = element.dataset.part ?? '';
  const response = await fetch(`data:application/octet-stream;base64,${element.text}`);
  element.remove(); // the text is as large as the file
  // Scripts are unpacked here; the library unpacks its own files, and checks them.
  const blob = name.endsWith('.js') ? await plainScript(response) : await response.blob();
  addresses.set(name, URL.createObjectURL(blob));
}

async function plainScript({ body }: Response): Promise<Blob> {
  const plain = body?.pipeThrough(new DecompressionStream('gzip'));
  return new Blob([await new Response(plain ?? null).text()], { type: 'text/javascript' });
}

/** The page is drawn before the browser has read the parts, which come last. */
function wholeFile(): Promise<void> {
  if (document.readyState !== 'loading') return Promise.resolve();
  return new Promise((resolve) => {
    document.addEventListener('DOMContentLoaded', () => resolve(), { once: true });
  });
}
