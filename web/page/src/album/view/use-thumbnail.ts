import { useEffect, useState } from 'preact/hooks';
import { thumbnailOf } from '../album-state.js';

/** Scrolled past faster than this, and a photo is not worth fetching. */
const PASSING_MS = 60;

/** The small picture's address: undefined while it is on its way, null where there is none. */
export function useThumbnail(key: string): string | null | undefined {
  const [url, setUrl] = useState<string | null | undefined>(undefined);
  useEffect(() => {
    let here = true;
    let mine: string | undefined;
    const timer = setTimeout(async () => {
      const thumbnail = await thumbnailOf(key);
      if (!here) return;
      mine = thumbnail ? URL.createObjectURL(thumbnail) : undefined;
      setUrl(mine ?? null);
    }, PASSING_MS);
    return () => {
      here = false;
      clearTimeout(timer);
      if (mine) URL.revokeObjectURL(mine);
    };
  }, [key]);
  return url;
}
