/** Which files are taken for pictures when there are many; a single file is tried whatever it is called. */

const EXTENSIONS = /\.(jpe?g|jfif|png|gif|bmp|webp|avif|hei[cf])$/i;

/** Files that systems leave in folders: hidden ones, macOS's shadows, Windows' thumbnails. */
const LEFTOVER = /(^|\/)(\.|__MACOSX\/|Thumbs\.db$)/i;

export function isPicture(path: string, type: string): boolean {
  return !LEFTOVER.test(path) && (type.startsWith('image/') || EXTENSIONS.test(path));
}
