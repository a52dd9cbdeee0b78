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

/** A file of this very site; rejects likewise. */
export function siteBlob(url: string | URL, signal?: AbortSignal): Promise<Blob> {
  const load = async () => {
    const response = await fetch(url, signal ? { signal } : {});
    if (!response.ok) throw new Error(`${response.status} ${String(url)}`);
    return response.blob();
  };
  return fetched(load());
}
