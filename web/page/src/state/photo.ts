import { type ReadonlySignal, signal } from '@preact/signals';
import { turned } from '../photo/turned.js';
import { siteBlob } from './code.js';

/** A photo on its way to a name. */
export interface Photo {
  /** 1 for the first photo of this visit, and so on. */
  readonly number: number;
  /** File name, or null for something that never had one. */
  readonly name: string | null;
  /** What the <img> shows. */
  readonly picture: ReadonlySignal<Blob | string>;
  /** The file itself; for a sample it is fetched on demand. */
  readonly open: (signal: AbortSignal) => Promise<Blob>;
  /** Of this very site, not the visitor's. */
  readonly sample: boolean;
}

let count = 0;

export function photoFromFile(file: File, named: boolean): Photo {
  const picture = signal<Blob>(file);
  void turned(file).then((shown) => {
    picture.value = shown;
  });
  return {
    number: ++count,
    name: named ? file.name : null,
    picture,
    sample: false,
    open: async () => file,
  };
}

/** A photo of this very site: one of its samples, or another address of it. */
export function photoFromUrl(url: string, name: string | null, sample: boolean): Photo {
  return {
    number: ++count,
    name,
    picture: signal(url),
    sample,
    open: (signal) => siteBlob(url, signal),
  };
}
