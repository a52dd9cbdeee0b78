import { useEffect, useState } from 'preact/hooks';
import { thumbnailOf } from '../album-state.js';

/** Scrolled past faster than this, and a photo is not worth fetching. */
const PASSING_MS = 60;

/** The small picture: undefined while it is on its way, null where there is none. */
export function useThumbnail(key: string): Blob | null | undefined {
  const [thumbnail, setThumbnail] = useState<Blob | null | undefined>(undefined);
  useEffect(() => {
    let here = true;
    const take = (found: Blob | null) => {
      if (here) setThumbnail(found);
    };
    const timer = setTimeout(() => {
      thumbnailOf(key).then(take, () => take(null));
    }, PASSING_MS);
    return () => {
      here = false;
      clearTimeout(timer);
    };
  }, [key]);
  return thumbnail;
}
