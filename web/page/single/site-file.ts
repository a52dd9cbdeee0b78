/** The site's files in shiwu.html: they are part of the script. */
const FILES = import.meta.glob<string>('../public/samples/*.jpg', {
  query: '?inline',
  import: 'default',
  eager: true,
});

export function siteFile(path: string): string {
  // Both sizes of a picture would be carried by everyone.
  const file = FILES[`../public/${path.replace('.small.webp', '.jpg')}`];
  if (file === undefined) throw new Error(`not inside: ${path}`);
  return file;
}
