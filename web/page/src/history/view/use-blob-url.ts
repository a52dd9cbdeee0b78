import { useEffect, useState } from 'preact/hooks';

/** An address for a Blob, as long as the component stands. */
export function useBlobUrl(blob: Blob | null): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!blob) return;
    const mine = URL.createObjectURL(blob);
    setUrl(mine);
    return () => URL.revokeObjectURL(mine);
  }, [blob]);
  return url;
}
