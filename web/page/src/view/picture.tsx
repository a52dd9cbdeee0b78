import type { CSSProperties } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

interface Props {
  /** A file, or an address. */
  readonly of: Blob | string;
  readonly alt: string;
  readonly class?: string;
  readonly style?: CSSProperties;
  readonly draggable?: boolean;
  readonly onError?: () => void;
}

/** An `<img>` of a file, whose address lives as long as it is shown or being read. */
export function Picture({ of, alt, ...rest }: Props) {
  const element = useRef<HTMLImageElement>(null);
  useLayoutEffect(() => {
    const image = element.current;
    if (!image) return;
    if (typeof of === 'string') {
      image.src = of;
      return;
    }
    const url = URL.createObjectURL(of);
    image.src = url;
    return () => free(url, image);
  }, [of]);
  return <img ref={element} alt={alt} decoding="async" {...rest} />;
}

/** Freed while it is on its way to the image, an address would be an error of the page. */
function free(url: string, image: HTMLImageElement): void {
  const revoke = () => URL.revokeObjectURL(url);
  if (image.complete) revoke();
  else for (const read of ['load', 'error']) image.addEventListener(read, revoke, { once: true });
}
