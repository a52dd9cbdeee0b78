/** The browser's own decoder. */

export interface Decoded {
  /** Null: the browser does not read this. */
  readonly bitmap: ImageBitmap | null;
  /** Whether it turns a WebP as the EXIF in it says. */
  readonly turnsWebp: boolean;
}

export async function decode(file: Blob): Promise<Decoded> {
  const [bitmap, turnsWebp] = await Promise.all([
    createImageBitmap(file).catch(() => null),
    browserTurnsWebp(),
  ]);
  return { bitmap, turnsWebp };
}

/** A WebP of 2 × 1 pixels with EXIF orientation 6. */
const TURNED_WEBP =
  'UklGRk4AAABXRUJQVlA4WAoAAAAIAAAAAQAAAAAAVlA4TA4AAAAvAQAAAAcQEf0PRET/A0VYSUYaAAAASUkqAAgAAAABABIBAwABAAAABgAAAAAAAAA=';
let turnsWebp: Promise<boolean> | undefined;

/** Browsers turn AVIF and HEIC, but not all of them honour EXIF in WebP: asked once, by trial. */
function browserTurnsWebp(): Promise<boolean> {
  turnsWebp ??= createImageBitmap(
    new Blob([Uint8Array.from(atob(TURNED_WEBP), (char) => char.charCodeAt(0))]),
  ).then(
    (bitmap) => {
      const turns = bitmap.width === 1;
      bitmap.close();
      return turns;
    },
    () => false,
  );
  return turnsWebp;
}
