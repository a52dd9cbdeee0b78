import { downloadFailed } from './failure.js';

/** Milliseconds after which a part of the page that is on its way is given up: a server may fall silent. */
const PATIENCE_MS = 30_000;

/** A part of the page that is fetched when it is needed. Rejects, as a download that failed, where it does not come. */
export async function fetched<T>(coming: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), PATIENCE_MS);
  });
  try {
    return await Promise.race([coming, silence]);
  } catch (error) {
    throw downloadFailed(error);
  } finally {
    clearTimeout(timer);
  }
}

/** A file of this very site. Rejects likewise, where the server falls silent so long. */
export async function siteBlob(url: string | URL, signal?: AbortSignal): Promise<Blob> {
  const stop = new AbortController();
  const end = () => stop.abort();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => stop.abort(new Error('no answer')), PATIENCE_MS);
  };
  signal?.addEventListener('abort', end, { once: true });
  if (signal?.aborted) end();
  heard();
  try {
    const { ok, status, body, headers } = await fetch(url, { signal: stop.signal });
    if (!ok) throw new Error(`${status} ${String(url)}`);
    const transform = (chunk: Uint8Array, to: TransformStreamDefaultController<Uint8Array>) => {
      heard();
      to.enqueue(chunk);
    };
    const bytes = body?.pipeThrough(new TransformStream({ transform }));
    return await new Response(bytes ?? null, { headers }).blob();
  } catch (error) {
    throw downloadFailed(error);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  }
}
