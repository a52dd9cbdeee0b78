import { type ReadonlySignal, signal } from '@preact/signals';
import { turned } from '../photo/turned.js';
import { downloadFailed } from './failure.js';

/** A photo on its way to a name. */
export interface Photo {
  /** 1 for the first photo of this visit, and so on. */
  readonly number: number;
  /** File name, or null for something that never had one. */
  readonly name: string | null;
  /** What the <img> shows. */
  readonly url: ReadonlySignal<string>;
  /** The file itself; for a sample it is fetched on demand. */
  readonly open: (signal: AbortSignal) => Promise<Blob>;
  /** Of this very site, not the visitor's. */
  readonly sample: boolean;
  /** Frees the preview. */
  readonly close: () => void;
}

let count = 0;

export function photoFromFile(file: File, named: boolean): Photo {
  const url = signal(URL.createObjectURL(file));
  let closed = false;
  const close = () => {
    closed = true;
    URL.revokeObjectURL(url.value);
  };
  void turned(file).then((shown) => {
    if (shown === file || closed) return;
    URL.revokeObjectURL(url.value);
    url.value = URL.createObjectURL(shown);
  });
  return {
    number: ++count,
    name: named ? file.name : null,
    url,
    sample: false,
    open: async () => file,
    close,
  };
}

/** A photo of this very site: one of its samples, or another address of it. */
export function photoFromUrl(url: string, name: string | null, sample: boolean): Photo {
  return {
    number: ++count,
    name,
    url: signal(url),
    sample,
    open: async (signal) => {
      try {
        const response = await fetch(url, { signal });
        if (!response.ok) throw new Error(`${response.status} ${url}`);
        return await response.blob();
      } catch (error) {
        throw downloadFailed(error);
      }
    },
    close: () => {},
  };
}
