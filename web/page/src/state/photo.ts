import { downloadFailed } from './failure.js';

/** A photo on its way to a name. */
export interface Photo {
  /** 1 for the first photo of this visit, and so on. */
  readonly number: number;
  /** File name, or null for something that never had one. */
  readonly name: string | null;
  /** What the <img> shows. */
  readonly url: string;
  /** The file itself; for a sample it is fetched on demand. */
  readonly open: (signal: AbortSignal) => Promise<Blob>;
  /** Of this very site, not the visitor's. */
  readonly sample: boolean;
  /** Frees the preview. */
  readonly close: () => void;
}

let count = 0;

export function photoFromFile(file: File, named: boolean): Photo {
  const url = URL.createObjectURL(file);
  return {
    number: ++count,
    name: named ? file.name : null,
    url,
    sample: false,
    open: async () => file,
    close: () => URL.revokeObjectURL(url),
  };
}

/** A photo of this very site: one of its samples, or another address of it. */
export function photoFromUrl(url: string, name: string | null, sample: boolean): Photo {
  return {
    number: ++count,
    name,
    url,
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
